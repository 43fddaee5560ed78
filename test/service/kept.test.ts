import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../src/base/json.ts'
import { isObject } from '../../src/base/json.ts'
import { BridgeError } from '../../src/base/errors.ts'
import { scimId } from '../../src/base/brand.ts'
import type { Observation } from '../../src/base/observation.ts'
import { defaultLimits } from '../../src/plan/limits.ts'
import type { SideStore, Store } from '../../src/plan/port.ts'
import { endLinking } from '../../src/service/kept.ts'
import { lookForThem } from '../../src/service/look-for.ts'
import { openBridge } from '../../src/service/open-bridge.ts'
import { testContext } from '../application.ts'
import { create, find, get, patch, remove, stand } from './stand.ts'
import type { Between, Stand } from './stand.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const manager = `${enterprise}:manager`
const key = `kept:User.${manager}`

const keeping =
  (match = '[id, userName, emails.value, externalId]', more = '') =>
  (text: string): string =>
    text.replace(
      '{ reference: User, slot: MGR_NO }',
      `{ reference: User, slot: MGR_NO, match: ${match}, onUnknown: keep${more} }`,
    )

let at: Stand
const open = async (between: Between = {}): Promise<void> => {
  at = await stand({ mapping: keeping(), ...between })
}
afterEach(async () => {
  await endLinking(at.app)
  await at.close()
})

const person = async (userName: string, more: JsonObject = {}): Promise<string> =>
  String((await at.body(create('User', { userName, ...more })))['id'])
const managerOf = async (id: string): Promise<Json | undefined> => {
  const extension = (await at.body(get('User', id)))[enterprise]
  const value = isObject(extension) ? extension['manager'] : undefined
  return isObject(value) ? value['value'] : value
}
const set = (id: string, value: Json) => patch('User', id, { op: 'replace', path: manager, value })
const waits = async (id: string): Promise<unknown> =>
  (await at.app.side.read('User', [scimId(id)])).get(scimId(id))?.[key]
const put = (id: string, userName: string, more: JsonObject) => ({
  kind: 'replace' as const,
  type: 'User',
  id: scimId(id),
  body: {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    name: { familyName: userName },
    ...more,
  },
  show: {},
})

describe('a manager whom nobody is called', () => {
  it.each([
    [
      'a PATCH',
      async (name: string) => {
        const id = await person('worker')
        await at.ask(set(id, name))
        return id
      },
    ],
    [
      'a PUT',
      async (name: string) => {
        const id = await person('worker')
        await at.ask(put(id, 'worker', { [enterprise]: { manager: { value: name } } }))
        return id
      },
    ],
    ['a POST', (name: string) => person('worker', { [enterprise]: { manager: name } })],
  ])('is kept by %s and shown to nobody', async (_, write) => {
    await open()
    const id = await write('nobody-yet')
    expect(await waits(id)).toBe('nobody-yet')
    const shown = await at.body(get('User', id))
    expect(JSON.stringify(shown)).not.toContain('nobody-yet')
    expect(JSON.stringify(shown)).not.toContain('$ref')
    expect((await at.body(find('User', `${manager} pr and userName eq "worker"`)))['totalResults']).toBe(0)
  })

  it.each<[string, JsonObject]>([
    ['userName', { userName: 'Later' }],
    ['an address', { userName: 'x', emails: [{ value: 'LATER', type: 'home' }] }],
    ['externalId', { userName: 'x', externalId: 'later' }],
  ])('is linked when somebody is created with it as %s', async (_, body) => {
    await open()
    const one = await person('one', { [enterprise]: { manager: 'later' } })
    const two = await person('two')
    await at.ask(set(two, 'later'))
    const boss = String((await at.body(create('User', body)))['id'])
    for (const id of [one, two]) {
      expect(await managerOf(id)).toBe(boss)
      expect(await waits(id)).toBeUndefined()
    }
  })

  it('is linked when somebody is renamed to it, or gets the address', async () => {
    await open()
    const one = await person('one', { [enterprise]: { manager: 'later' } })
    const two = await person('two', { [enterprise]: { manager: 'later@example.com' } })
    const three = await person('three', { [enterprise]: { manager: 'hr-9' } })
    const boss = await person('boss')
    expect(await managerOf(one)).toBeUndefined()
    await at.ask(patch('User', boss, { op: 'replace', path: 'title', value: 'Boss' }))
    expect(await managerOf(one)).toBeUndefined()
    await at.ask(patch('User', boss, { op: 'replace', path: 'userName', value: 'LATER' }))
    expect(await managerOf(one)).toBe(boss)
    await at.ask(
      patch('User', boss, { op: 'add', path: 'emails', value: [{ value: 'later@example.com', type: 'home' }] }),
    )
    expect(await managerOf(two)).toBe(boss)
    await at.ask(patch('User', boss, { op: 'add', path: 'externalId', value: 'hr-9' }))
    expect(await managerOf(three)).toBe(boss)
  })

  it('is oneself, when one is created under the name', async () => {
    await open()
    const id = await person('self', { [enterprise]: { manager: 'self' } })
    expect(await managerOf(id)).toBe(id)
  })

  it('takes the place of the manager who was there, and the last one is kept', async () => {
    await open()
    const boss = await person('boss')
    const id = await person('worker', { [enterprise]: { manager: boss } })
    await at.ask(set(id, 'first'))
    expect(await managerOf(id)).toBeUndefined()
    await at.ask(set(id, 'second'))
    expect(await waits(id)).toBe('second')
    await person('first')
    expect(await managerOf(id)).toBeUndefined()
    const second = await person('second')
    expect(await managerOf(id)).toBe(second)
  })

  it('writes nothing when it is sent again', async () => {
    await open()
    const id = await person('worker', { [enterprise]: { manager: 'later' } })
    const { meta } = await at.body(get('User', id))
    let intents = 0
    const { intend } = at.app.side
    Object.assign(at.app.side, { intend: (...of: Parameters<SideStore['intend']>) => (intents++, intend(...of)) })
    await at.ask(set(id, 'later'))
    expect(intents).toBe(0)
    expect((await at.body(get('User', id)))['meta']).toEqual(meta)
  })

  it.each<[string, (id: string, other: string) => Promise<unknown>]>([
    ['another manager', (id, other) => at.ask(set(id, other))],
    ['no manager', (id) => at.ask(patch('User', id, { op: 'remove', path: manager }))],
    ['an empty one', (id) => at.ask(set(id, { value: '' }))],
    ['a PUT without one', (id) => at.ask(put(id, 'worker', {}))],
    ['a delete', (id) => at.ask(remove('User', id))],
    [
      'one, and none after it',
      (id) => at.ask(patch('User', id, { op: 'add', path: manager, value: 'later' }, { op: 'remove', path: manager })),
    ],
  ])('is dropped by %s', async (_, write) => {
    await open()
    const other = await person('other')
    const id = await person('worker', { [enterprise]: { manager: 'later' } })
    expect(await waits(id)).toBe('later')
    await write(id, other)
    expect(await waits(id)).toBeUndefined()
    const before = await managerOf(id).catch(() => 'gone')
    await person('later')
    expect(await managerOf(id).catch(() => 'gone')).toBe(before)
  })

  it('stays with a PUT that leaves it out where the mapping keeps what is left out', async () => {
    await open({ mapping: keeping('[id, userName]', ', onOmit: keep') })
    const id = await person('worker', { [enterprise]: { manager: 'later' } })
    await at.ask(put(id, 'worker', {}))
    expect(await waits(id)).toBe('later')
    await at.ask(put(id, 'worker', { [enterprise]: { manager: null } }))
    expect(await waits(id)).toBeUndefined()
  })

  it('is linked by the next write of the record when they came to be beside the bridge', async () => {
    await open()
    const id = await person('worker', { [enterprise]: { manager: 'beside' } })
    const other = await person('other')
    at.legacy.exec(`UPDATE EMP SET LOGIN = 'beside' WHERE EMP_NO = ${other}`)
    await at.ask(patch('User', id, { op: 'replace', path: 'title', value: 'x' }))
    expect(await managerOf(id)).toBe(other)
    expect(await waits(id)).toBeUndefined()
  })

  it('gives way to whom the application has put there itself', async () => {
    await open()
    const id = await person('worker', { [enterprise]: { manager: 'later' } })
    const other = await person('other')
    at.legacy.exec(`UPDATE EMP SET MGR_NO = ${other} WHERE EMP_NO = ${id}`)
    await person('later')
    expect(await managerOf(id)).toBe(other)
    expect(await waits(id)).toBeUndefined()
  })

  it('is nobody while two have the name', async () => {
    await open()
    const id = await person('worker', { [enterprise]: { manager: 'both@example.com' } })
    at.legacy.exec(
      `UPDATE EMP_EMAIL SET ADDR = 'both@example.com' WHERE EMAIL_ID IN (SELECT EMAIL_ID FROM EMP_EMAIL JOIN EMP USING (EMP_NO) WHERE CO_NO = 1 AND STAT = 'A' LIMIT 2)`,
    )
    const third = await person('third', { emails: [{ value: 'both@example.com' }] })
    expect(await managerOf(id)).toBeUndefined()
    expect(await waits(id)).toBe('both@example.com')
    at.legacy.exec("DELETE FROM EMP_EMAIL WHERE ADDR = 'both@example.com'")
    await at.ask(
      patch('User', third, { op: 'add', path: 'emails', value: [{ value: 'both@example.com', type: 'home' }] }),
    )
    expect(await managerOf(id)).toBe(third)
  })

  it('is refused when too many wait already, and nothing of that request stays', async () => {
    await open()
    Object.assign(at.app, { limits: { ...defaultLimits, kept: 2 } })
    const one = await person('one', { [enterprise]: { manager: 'a' } })
    await person('two', { [enterprise]: { manager: 'b' } })
    await expect(at.ask(create('User', { userName: 'three', [enterprise]: { manager: 'c' } }))).rejects.toMatchObject({
      reason: 'invalidValue',
      detail: `${manager}: nobody is called so, and 2 others wait already for somebody who is not there`,
    })
    expect((await at.body(find('User', 'userName eq "three"')))['totalResults']).toBe(0)
    await at.ask(set(one, 'd'))
    expect(await waits(one)).toBe('d')
  })

  it('is no longer than many of them can be asked for at once', async () => {
    await open()
    const most = await person('most', { [enterprise]: { manager: 'x'.repeat(1000) } })
    expect(await waits(most)).toHaveLength(1000)
    const long = create('User', { userName: 'long', [enterprise]: { manager: 'x'.repeat(1001) } })
    await expect(at.ask(long)).rejects.toMatchObject({
      reason: 'invalidValue',
      detail: `${manager}: nobody is called so, and a name of more than 1000 characters is not kept`,
    })
    expect((await at.body(find('User', 'userName eq "long"')))['totalResults']).toBe(0)
    expect(await at.failure(set(most, 'y'.repeat(1001)))).toBe('invalidValue')
    expect(await waits(most)).toBe('x'.repeat(1000))
  })

  it('is looked for by everybody in a bulk request, whatever comes first', async () => {
    await open()
    const bridge = openBridge(at.app)
    const post = (userName: string, more: JsonObject = {}): JsonObject => ({
      method: 'POST',
      path: '/Users',
      bulkId: userName,
      data: { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName, ...more },
    })
    const body = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
      Operations: [post('worker', { [enterprise]: { manager: 'boss' } }), post('boss')],
    }
    await bridge.bulk(body, testContext(), { operation: 10_000, whole: 10_000 } as never)
    const resources = (await at.body(find('User', 'userName eq "worker"')))['Resources'] as readonly JsonObject[]
    const boss = ((await at.body(find('User', 'userName eq "boss"')))['Resources'] as readonly JsonObject[])[0]?.['id']
    expect(await managerOf(String(resources[0]?.['id']))).toBe(boss)
  })
})

describe('both at the same time', () => {
  it('leaves the link, whoever comes first', async () => {
    await open()
    for (let round = 0; round < 12; round++) {
      const name = `late-${round}`
      const workers = await Promise.all([0, 1, 2].map((i) => person(`w-${round}-${i}`)))
      const [boss] = await Promise.all([
        person(name),
        ...workers.map((id) => at.ask(set(id, name))),
        person(`n-${round}`, { [enterprise]: { manager: name } }),
      ])
      for (const id of workers) expect(await managerOf(id)).toBe(boss)
      const [made] = (await at.body(find('User', `userName eq "n-${round}"`)))['Resources'] as readonly JsonObject[]
      expect(await managerOf(String(made?.['id']))).toBe(boss)
    }
    expect(await at.app.side.count('User', key)).toBe(0)
  })
})

describe('whoever many wait for', () => {
  it('is answered before all of them are linked', async () => {
    let slow = false
    const store = (real: Store): Store => ({
      ...real,
      run: async (program, options) => {
        if (slow && program.plan.kind === 'change') await sleep(600)
        return real.run(program, options)
      },
    })
    await open({ store })
    const ids: string[] = []
    for (let i = 0; i < 6; i++) ids.push(await person(`w-${i}`, { [enterprise]: { manager: 'ceo' } }))
    slow = true
    const from = performance.now()
    const boss = await person('ceo')
    expect(performance.now() - from).toBeLessThan(3_000)
    await sleep(4_500)
    for (const id of ids) expect(await managerOf(id)).toBe(boss)
  }, 20_000)

  it('says in the log why a link has to wait, and never for whom', async () => {
    let away = false
    const store = (real: Store): Store => ({
      ...real,
      run: async (program, options) => {
        if (away && program.plan.kind === 'change') throw new BridgeError('unavailable', 'ceo@example.com is away')
        return real.run(program, options)
      },
    })
    await open({ store })
    await person('worker', { [enterprise]: { manager: 'ceo@example.com' } })
    const seen: Observation[] = []
    Object.assign(at.app, { observe: (one: Observation) => seen.push(one) })
    away = true
    await person('ceo', { emails: [{ value: 'ceo@example.com' }] })
    const detail = 'a reference that waits could not be linked yet: unavailable'
    expect(seen).toEqual([{ kind: 'warning', about: 'demo', detail }])
  })
})

describe('looking in rounds', () => {
  const soon = { lot: 2, between: 1, round: 20 }
  const until = async (is: () => Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + 10_000; !(await is()); await sleep(20))
      if (Date.now() > end) throw new Error('it never came to be')
  }

  it('finds who came to be beside the bridge', async () => {
    await open()
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.push(await person(`w-${i}`, { [enterprise]: { manager: `beside-${i}` } }))
    const other = await person('other')
    const seen: Observation[] = []
    Object.assign(at.app, { observe: (one: Observation) => seen.push(one) })
    at.legacy.exec(`UPDATE EMP SET LOGIN = 'BESIDE-3' WHERE EMP_NO = ${other}`)
    const looking = lookForThem(at.app, soon)
    await until(async () => (await managerOf(ids[3] ?? '')) === other)
    await looking.stop()
    expect(await Promise.all(ids.map(waits))).toEqual(['beside-0', 'beside-1', 'beside-2', undefined, 'beside-4'])
    expect(seen).toEqual([{ kind: 'linked', application: 'demo', type: 'User' }])
  })

  it('goes on after the application was away', async () => {
    let away = true
    const store = (real: Store): Store => ({
      ...real,
      run: async (program, options) => {
        if (away && program.plan.kind === 'list') throw new BridgeError('unavailable', 'away')
        return real.run(program, options)
      },
    })
    await open({ store })
    const id = await person('worker', { [enterprise]: { manager: 'beside' } })
    const other = await person('other')
    at.legacy.exec(`UPDATE EMP SET LOGIN = 'beside' WHERE EMP_NO = ${other}`)
    const looking = lookForThem(at.app, soon)
    await sleep(100)
    expect(await managerOf(id)).toBeUndefined()
    away = false
    await until(async () => (await managerOf(id)) === other)
    await looking.stop()
  })

  it('links what a writer did not come to any more', async () => {
    await open()
    const id = await person('worker', { [enterprise]: { manager: 'later' } })
    const { find: real } = at.app.side
    Object.assign(at.app.side, { find: () => Promise.reject(new BridgeError('unavailable', 'no side store')) })
    const boss = await person('later')
    Object.assign(at.app.side, { find: real })
    expect(await managerOf(id)).toBeUndefined()
    const looking = lookForThem(at.app, soon)
    await until(async () => (await managerOf(id)) === boss)
    await looking.stop()
  })

  it('does nothing where nothing can wait', async () => {
    await open({ mapping: (text) => text })
    let walks = 0
    Object.assign(at.app.side, { walk: async () => (walks++, []) })
    const looking = lookForThem(at.app, soon)
    await sleep(60)
    await looking.stop()
    expect(walks).toBe(0)
  })
})
