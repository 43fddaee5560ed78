import { afterEach, describe, expect, it } from 'vitest'
import { BridgeError } from '../../src/base/errors.ts'
import type { SideStore, Store } from '../../src/plan/port.ts'
import { create, find, get, patch, stand } from './stand.ts'
import type { Between, Stand } from './stand.ts'

let s: Stand
afterEach(() => s.close())
const open = async (between: Between = {}): Promise<Stand> => (s = await stand(between))

const title = { op: 'replace', path: 'title' }
const externalId = { op: 'replace', path: 'externalId' }

describe('values that the bridge keeps for an application', () => {
  it('stay behind when the database gives an id out again', async () => {
    await open()
    const first = await s.body(create('Group', { displayName: 'First', externalId: 'e-1' }))
    s.legacy.exec("DELETE FROM ROLE_DEF WHERE ROLE_NAME = 'First'")
    const second = await s.body(create('Group', { displayName: 'Second' }))
    expect(second['id']).toBe(first['id'])
    expect(second['externalId']).toBeUndefined()
    expect(await s.body(find('Group', 'externalId eq "e-1"'))).toMatchObject({ totalResults: 0 })
  })

  it('are written when the answer of the database was lost, before anybody else writes them', async () => {
    let lose = 0
    const store = (real: Store): Store => ({
      ...real,
      run: async (program, options) => {
        const outcome = await real.run(program, options)
        if (outcome.kind === 'written' && lose-- > 0) throw new BridgeError('timeout', 'lost')
        return outcome
      },
    })
    await open({ store })
    lose = 1
    // both are on their way before the first one ends; they take turns
    const lost = s.failure(patch('User', '1001', { ...externalId, value: 'first' }))
    const kept = s.ask(patch('User', '1001', { ...externalId, value: 'second' }))
    expect(await lost).toBe('timeout')
    expect((await kept).status).toBe(200)
    expect(await s.body(get('User', '1001'))).toMatchObject({ externalId: 'second' })
  })

  it('are those that the write named, and no others', async () => {
    const intended: unknown[] = []
    const side = (real: SideStore): SideStore => ({
      ...real,
      intend: async (intent) => {
        intended.push(intent.values)
        return real.intend(intent)
      },
    })
    await open({ side })
    await s.ask(patch('User', '1001', { ...title, value: 'Chair' }))
    expect(intended).toEqual([])
    await s.ask(patch('User', '1001', { ...externalId, value: 'f' }))
    expect(intended).toEqual([{ 'side:externalId': 'f' }])
  })

  // what tells whether a write was done is what it changed: a column, a row, a link, or several of them
  const member = '1003'
  it.each([
    ['a column', 'User', '1001', [{ ...title, value: 'Chair' }]],
    ['a new row', 'User', '1001', [{ op: 'add', path: 'emails', value: [{ value: 'new@x.example', type: 'home' }] }]],
    ['a row less', 'User', '1001', [{ op: 'remove', path: 'emails' }]],
    ['a row changed', 'User', '1001', [{ op: 'replace', path: 'emails[type eq "work"].value', value: 'w@x.example' }]],
    ['a new manager', 'User', '1004', [{ op: 'replace', path: 'enterprise.manager', value: { value: '1002' } }]],
    ['no manager', 'User', '1004', [{ op: 'remove', path: 'enterprise.manager' }]],
    ['a new member', 'Group', 'role-5', [{ op: 'add', path: 'members', value: [{ value: member }] }]],
    ['a member less', 'Group', 'role-1', [{ op: 'remove', path: `members[value eq "${member}"]` }]],
    ['no members', 'Group', 'role-1', [{ op: 'remove', path: 'members' }]],
    ['nothing else', 'User', '1001', []],
  ] as const)('go with the rest of the write, done or not: %s', async (what, type, id, rest) => {
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
    const operations = rest.map((one) => ({ ...one, path: one.path.replace(/^enterprise\./, `${enterprise}:`) }))
    for (const end of ['done', 'not done'] as const) {
      let lose = false
      const store = (real: Store): Store => ({
        ...real,
        run: async (program, options) => {
          if (!lose || program.plan.kind !== 'change') return real.run(program, options)
          lose = false
          if (end === 'done') await real.run(program, options)
          else {
            // everything up to the commit
            const outcome = await real.run(program, { signal: options.signal, dry: true })
            if (outcome.kind === 'written') await options.beforeWrite?.(outcome.decision)
          }
          throw new BridgeError('unavailable', 'lost')
        },
      })
      await open({ store })
      lose = true
      expect(await s.failure(patch(type, id, { ...externalId, value: 'e-1' }, ...operations))).toBe('unavailable')
      const shown = await s.body(get(type, id))
      const applied = end === 'done' || what === 'nothing else'
      expect(shown['externalId'], `${what}, ${end}`).toBe(applied ? 'e-1' : undefined)
      expect(await s.app.side.open()).toEqual([])
      if (end === 'done') await s.close()
    }
  })

  it('wait for a record that somebody has locked, and nobody else waits with them', async () => {
    let lose = 2
    let isLocked = false
    let asked = 0
    const store = (real: Store): Store => ({
      ...real,
      run: async (program, options) => {
        const { plan } = program
        if (isLocked && plan.kind === 'change' && plan.id === '1001') {
          asked++
          throw new BridgeError('busy', 'locked')
        }
        const outcome = await real.run(program, options)
        if (plan.kind === 'change' && plan.answer !== undefined && lose-- > 0)
          throw new BridgeError('unavailable', 'lost')
        return outcome
      },
    })
    await open({ store })
    for (const id of ['1001', '1002']) {
      expect(await s.failure(patch('User', id, { ...externalId, value: `e-${id}` }))).toBe('unavailable')
      isLocked = true
    }
    asked = 0
    // each of the others is whole, and a read does not ask again at once
    for (const id of ['1002', '1002', '1003']) expect((await s.ask(get('User', id))).status).toBe(200)
    expect(await s.body(get('User', '1002'))).toMatchObject({ externalId: 'e-1002' })
    expect((await s.ask(patch('User', '1003', { ...title, value: 'Chair' }))).status).toBe(200)
    expect(asked).toBeLessThan(3)
    // a later write of the same record must not be undone by the earlier one
    expect(await s.failure(patch('User', '1001', { ...externalId, value: 'later' }))).toBe('busy')
    isLocked = false
    await expect
      .poll(
        () =>
          s.ask(patch('User', '1001', { ...title, value: 'Chair' })).then(
            ({ status }) => status,
            () => 0,
          ),
        { timeout: 3_000 },
      )
      .toBe(200)
    expect(await s.body(get('User', '1001'))).toMatchObject({ externalId: 'e-1001', title: 'Chair' })
    expect(s.app.unsettled.size).toBe(0)
  })

  it('are settled once, by the request itself, though a sweep comes along', async () => {
    const intended = signal()
    const listed = signal()
    const committed = signal()
    const swept = signal()
    const side = (real: SideStore): SideStore => ({
      ...real,
      intend: async (intent) => {
        const key = await real.intend(intent)
        intended.give()
        return key
      },
      // the sweep has its list while the create is under way, and goes on when that one is done
      open: async () => {
        const list = await real.open()
        listed.give()
        if (list.length > 0) await swept.given
        return list
      },
    })
    const store = (real: Store): Store => ({
      ...real,
      run: async (program, options) => {
        const outcome = await real.run(program, options)
        if (outcome.kind === 'written') await committed.given
        return outcome
      },
    })
    await open({ side, store })
    const made = s.ask(create('User', { userName: 'nobody.yet', name: { familyName: 'Yet' } }))
    await intended.given
    s.app.unsettled.add(0)
    const read = s.ask(get('User', '1001'))
    await listed.given
    committed.give()
    expect((await made).status).toBe(201)
    swept.give()
    expect((await read).status).toBe(200)
    expect(s.app.unsettled.size).toBe(0)
  })

  it('are swept again when a write ends uncertainly during a sweep', async () => {
    const between = { first: true }
    const side = (real: SideStore): SideStore => ({
      ...real,
      open: async () => {
        const list = await real.open()
        if (between.first) s.app.unsettled.add(7)
        between.first = false
        return list
      },
    })
    await open({ side })
    between.first = true
    s.app.unsettled.add(6)
    await s.ask(get('User', '1001'))
    expect([...s.app.unsettled]).toEqual([7])
    await s.ask(get('User', '1001'))
    expect([...s.app.unsettled]).toEqual([])
  })
})

function signal(): { readonly given: Promise<void>; give(): void } {
  let give = (): void => undefined
  const given = new Promise<void>((resolve) => (give = resolve))
  return { given, give: () => give() }
}
