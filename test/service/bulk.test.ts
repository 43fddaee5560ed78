import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { BridgeError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json.ts'
import type { Observation } from '../../src/base/observation.ts'
import type { Plan } from '../../src/plan/plan.ts'
import type { Store } from '../../src/plan/port.ts'
import type { Application } from '../../src/service/application.ts'
import { bulkOf, idOf, outcomes, patch, post, put, remove, resultsOf } from '../wire/bulk.ts'
import { enterpriseSchema, person, team, userSchema } from '../wire/people.ts'
import { bulk } from '../../src/service/bulk/bulk.ts'
import { testContext } from '../application.ts'
import { baseUrl, bulkStand, requestOf } from './bulk-stand.ts'
import type { BulkStand } from './bulk-stand.ts'
import { stand as demo } from './stand.ts'

/** What a test does to a run of the store before it happens. */
type Before = (plan: Plan, signal: AbortSignal) => Promise<void> | void

let stands: BulkStand[] = []
afterEach(async () => {
  for (const stand of stands) await stand.close()
  stands = []
})

function stand(before: Before = () => undefined, parts: Partial<Application> = {}): BulkStand {
  const between = (store: Store): Store => ({
    ...store,
    run: async (program, options) => {
      await before(program.plan, options.signal)
      return store.run(program, options)
    },
  })
  const made = bulkStand(between, parts)
  stands.push(made)
  return made
}

const staffed = (userName: string, manager: string): JsonObject => ({
  ...person(userName),
  schemas: [userSchema, enterpriseSchema],
  [enterpriseSchema]: { manager: { value: manager } },
})
const user = (name: string): JsonObject => post(name, '/Users', person(name))
const set = (path: string, value: string): JsonObject => ({ op: 'replace', path, value })
const create = async (at: BulkStand, operation: JsonObject): Promise<string> =>
  String((await at.ask(requestOf(operation))).body?.['id'])
const names = async (at: BulkStand): Promise<readonly string[]> =>
  Object.keys((await at.state())['users'] as JsonObject).sort()
const nobody = { users: {}, groups: {} }

describe('operations at once', () => {
  /** How many writes were under way together, at most. */
  const watched = (): { readonly at: BulkStand; readonly most: () => number; readonly reset: () => void } => {
    let [now, most] = [0, 0]
    const at = bulkStand((store) => ({
      ...store,
      run: async (program, options) => {
        most = Math.max(most, ++now)
        try {
          await sleep(5)
          return await store.run(program, options)
        } finally {
          now--
        }
      },
    }))
    stands.push(at)
    return { at, most: () => most, reset: () => (most = 0) }
  }

  it('are several, and never more than four', async () => {
    const { at, most } = watched()
    const answer = await at.send(Array.from({ length: 40 }, (_, i) => user(`u${i}`)))
    expect(new Set(outcomes(answer))).toEqual(new Set(['201']))
    expect(most()).toBe(4)
    expect(resultsOf(answer).map(({ bulkId }) => bulkId)).toEqual(Array.from({ length: 40 }, (_, i) => `u${i}`))
  })

  it('is one where an error may be the last', async () => {
    const { at, most } = watched()
    await at.send([user('a'), user('b'), user('c')], { failOnErrors: 5 })
    expect(most()).toBe(1)
  })

  type Pair = (ids: { readonly ann: string; readonly bob: string; readonly red: string }) => readonly JsonObject[]
  const titled = (id: string): JsonObject => patch(`/Users/${id}`, set('title', 'x'))
  const joining = (group: string, id: string): JsonObject =>
    patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: id }] })
  const pairs: readonly (readonly [title: string, together: boolean, pair: Pair])[] = [
    ['two new people', true, () => [user('x'), user('y')]],
    ['a new person and a new group', true, () => [user('x'), post('g', '/Groups', team('x'))]],
    ['titles of two people', true, ({ ann, bob }) => [titled(ann), titled(bob)]],
    [
      'two groups that get the same person',
      true,
      ({ ann, red }) => [joining(red, ann), post('g', '/Groups', team('g', [ann]))],
    ],
    ['two people of one name', false, () => [user('x'), post('b', '/Users', person('X'))]],
    ['two changes of one person', false, ({ ann }) => [titled(ann), titled(ann)]],
    ['a person and a group that gets that person', false, ({ ann, red }) => [titled(ann), joining(red, ann)]],
    [
      'a group that is to lose somebody, and that person',
      false,
      ({ ann, red }) => [patch(`/Groups/${red}`, { op: 'remove', path: `members[value eq "${ann}"]` }), titled(ann)],
    ],
    ['a new name and a new person', false, ({ ann }) => [patch(`/Users/${ann}`, set('userName', 'z')), user('y')]],
    [
      'a new name without a path',
      false,
      ({ ann }) => [patch(`/Users/${ann}`, { op: 'replace', value: { userName: 'z' } }), user('y')],
    ],
    [
      'a PUT, whose name may be new, and a new person',
      false,
      ({ ann }) => [put(`/Users/${ann}`, person('ann')), user('y')],
    ],
    ['a deletion and anything', false, ({ ann, bob }) => [remove(`/Users/${ann}`), titled(bob)]],
    ['anything and a deletion', false, ({ ann, bob }) => [titled(bob), remove(`/Users/${ann}`)]],
    [
      'what a version guards, and anything',
      false,
      ({ ann, bob }) => [{ ...titled(ann), version: 'W/"1"' }, titled(bob)],
    ],
    ['two who refer to one another', false, () => [user('x'), post('y', '/Users', staffed('y', 'bulkId:x'))]],
  ]
  it.each(pairs)('%s are under way together: %s', async (_, together, pair) => {
    const { at, most, reset } = watched()
    const [ann, bob] = [await create(at, user('ann')), await create(at, user('bob'))]
    const red = await create(at, post('', '/Groups', team('red', [ann])))
    reset()
    await at.send(pair({ ann, bob, red }))
    expect(most() > 1).toBe(together)
  })

  it('keep the order of whoever is named and who names them, by whatever that is', async () => {
    const slow = (store: Store): Store => ({
      ...store,
      run: async (program, options) => {
        if (JSON.stringify(Object.values(program.plan)).includes('boss@example.com')) await sleep(50)
        return store.run(program, options)
      },
    })
    const line = '{ reference: User, slot: MGR_NO, match: [id, userName, emails.value] }'
    const mapping = (text: string): string => text.replace('{ reference: User, slot: MGR_NO }', line)
    const at = await demo({ store: slow, mapping })
    try {
      const boss = person('boss', { emails: [{ value: 'boss@example.com', type: 'work' }] })
      const operations = [
        post('boss', '/Users', boss),
        post('one', '/Users', staffed('one', 'BOSS')),
        post('two', '/Users', staffed('two', 'boss@example.com')),
      ]
      const time = { operation: 5_000, whole: 20_000 }
      const { body = {} } = await bulk(at.app, bulkOf(operations), testContext({ baseUrl }), time)
      expect(outcomes({ body })).toEqual(['201', '201', '201'])
    } finally {
      await at.close()
    }
  })

  it('leave others their turn', async () => {
    const at = stand()
    let ended = false
    const sent = at.send(Array.from({ length: 300 }, (_, i) => user(`u${i}`))).then(() => (ended = true))
    await sleep(1)
    await at.ask({ kind: 'list', type: 'User', query: { count: 1 } })
    expect(ended).toBe(false)
    await sent
  })
})

describe('the time of a bulk request', () => {
  it('ends with results for all: what was done, and what was not begun', async () => {
    const at = stand(async (plan) => {
      if (plan.kind === 'change') await sleep(30)
    })
    const id = await create(at, user('ann'))
    const answer = await at.send(
      Array.from({ length: 20 }, (_, i) => patch(`/Users/${id}`, set('title', `t${i}`))),
      { time: { whole: 100 } },
    )
    const found = outcomes(answer)
    const done = found.filter((status) => status === '200').length
    expect(found).toEqual([...Array<string>(done).fill('200'), ...Array<string>(20 - done).fill('503')])
    expect(done).toBeGreaterThan(0)
    expect(done).toBeLessThan(10)
    expect(resultsOf(answer).at(-1)).toMatchObject({
      location: `${baseUrl}/Users/${id}`,
      response: { detail: 'This operation was not begun: the time for a bulk request was over' },
    })
    expect(await at.state()).toMatchObject({ users: { ann: { title: `t${done - 1}` } } })
  })

  it('is that of a request for each operation, whether or not the store heeds it', async () => {
    const at = stand((plan) => (plan.kind === 'create' && plan.of.type.name === 'Group' ? sleep(60_000) : undefined))
    const answer = await at.send(
      [user('a'), post('g', '/Groups', team('g')), post('h', '/Groups', team('h', ['bulkId:g'])), user('b')],
      { time: { operation: 50 } },
    )
    expect(outcomes(answer)).toEqual(['201', '503', '409', '201'])
  })

  it('ends when the client has gone: nothing further is begun', async () => {
    const gone = new AbortController()
    let runs = 0
    const at = stand(async (plan) => {
      if (plan.kind !== 'change') return
      if (++runs === 3) gone.abort(new BridgeError('requestTimeout', 'The client has gone'))
      await sleep(1)
    })
    const id = await create(at, user('ann'))
    await at.send(
      Array.from({ length: 20 }, (_, i) => patch(`/Users/${id}`, set('title', `t${i}`))),
      { context: { signal: gone.signal } },
    )
    expect(runs).toBe(3)
  })
})

describe('a circle', () => {
  const round = [post('a', '/Users', staffed('a', 'bulkId:b')), post('b', '/Users', staffed('b', 'bulkId:a'))]
  const details = (answer: { readonly body: JsonObject }): readonly string[] =>
    resultsOf(answer).map(({ response }) => String((response as JsonObject)['detail']))

  it('whose last reference cannot be written leaves nothing, and says so of each', async () => {
    const at = stand((plan) => {
      if (plan.kind === 'change') throw new BridgeError('constraint', 'no such luck')
    })
    const answer = await at.send([...round, post('c', '/Users', staffed('c', 'bulkId:b'))])
    expect(outcomes(answer)).toEqual(['400 invalidValue', '409', '409'])
    expect(details(answer)[0]).toBe('no such luck')
    expect(details(answer)[1]).toContain('"a" failed')
    for (const result of resultsOf(answer)) expect(result).not.toHaveProperty('location')
    expect(await at.state()).toEqual(nobody)
  })

  it('that cannot be taken back says what is left, and where', async () => {
    let isGone = true
    const at = stand((plan) => {
      if (isGone && plan.kind === 'change') throw new BridgeError('unavailable', 'gone for now')
      if (isGone && plan.kind === 'remove') throw new BridgeError('unavailable', 'gone for now')
    })
    const answer = await at.send(round)
    isGone = false
    expect(outcomes(answer)).toEqual(['503', '409'])
    for (const detail of details(answer)) expect(detail).toContain('could not be deleted again and is still there')
    expect(await names(at)).toEqual(['a', 'b'])
    const ids = resultsOf(answer).map(idOf)
    for (const [i, id] of ids.entries()) {
      const { body } = await at.ask({ ...requestOf(remove(`/Users/${id}`)), kind: 'get', show: {} } as never)
      expect(body?.['userName']).toBe(['a', 'b'][i])
    }
  })

  it('for which the time is over in the middle is taken back', async () => {
    const at = stand((plan) => (plan.kind === 'create' ? sleep(60) : undefined))
    const answer = await at.send(round, { time: { whole: 80 } })
    expect(outcomes(answer).toSorted()).toEqual(['409', '503'])
    expect(await at.state()).toEqual(nobody)
  })

  it('whose client has gone in the middle is taken back', async () => {
    const gone = new AbortController()
    const at = stand((plan) => {
      if (plan.kind === 'change') gone.abort(new BridgeError('requestTimeout', 'The client has gone'))
    })
    await at.send(round, { context: { signal: gone.signal } })
    expect(await at.state()).toEqual(nobody)
  })

  it('of what cannot be made without its references is 409', async () => {
    const at = stand((plan) => {
      if (plan.kind === 'create' && plan.decision.write.links.length === 0) {
        throw new BridgeError('constraint', 'members must not be empty')
      }
    })
    const answer = await at.send([
      post('a', '/Groups', team('a', ['bulkId:b'])),
      post('b', '/Groups', team('b', ['bulkId:a'])),
    ])
    expect(outcomes(answer)).toEqual(['409', '409'])
    expect(details(answer)[0]).toContain('members must not be empty')
    expect(await at.state()).toEqual(nobody)
  })

  it('of what may not be deleted is 409 before anything is written', async () => {
    const whole = stand()
    const { catalog } = whole.app
    const types = catalog.types.map((m) => ({ ...m, allow: new Set(['read', 'create', 'update', 'members'] as const) }))
    const at = stand(undefined, { catalog: { ...catalog, types } })
    const answer = await at.send([...round, user('c')])
    expect(outcomes(answer)).toEqual(['409', '409', '201'])
    expect(details({ body: { Operations: resultsOf(answer).slice(0, 2) } })[0]).toContain('not allow to delete a User')
    expect(await names(at)).toEqual(['c'])
  })
})

describe('what fails', () => {
  it('is told to the operator as in any request, and to the client without its inside', async () => {
    const seen: Observation[] = []
    const at = stand(
      (plan) => {
        if (plan.of.type.name !== 'Group') return
        throw plan.kind === 'create' ? new TypeError('SELECT secret') : new BridgeError('denied', 'Not allowed', 'why')
      },
      { observe: (one) => seen.push(one) },
    )
    const answer = await at.send([post('g', '/Groups', team('g')), remove('/Groups/1'), user('fine')], {
      context: { id: 'r-1' },
    })
    expect(outcomes(answer)).toEqual(['500', '403', '201'])
    expect(JSON.stringify(answer)).toContain('r-1')
    expect(JSON.stringify(answer)).not.toContain('SELECT')
    const failures = seen.filter((one) => one.kind === 'failure')
    expect(failures.map(({ id, code }) => [id, code])).toEqual([
      ['r-1', 'SB500'],
      ['r-1', 'SB404'],
    ])
    expect(seen.filter((one) => one.kind === 'bulk')).toEqual([
      { kind: 'bulk', id: 'r-1', application: at.app.catalog.name, outcomes: { 201: 1, 403: 1, 500: 1 } },
    ])
  })

  it('is a path that no URI can be made of, and nothing else', async () => {
    const answer = await stand().send([
      remove('/Users/\ud800'),
      patch('/Users/\udfff', set('title', 'x')),
      user('fine'),
    ])
    expect(outcomes(answer)).toEqual(['400 invalidPath', '400 invalidPath', '201'])
    expect(resultsOf(answer).map(({ location }) => location === undefined)).toEqual([true, true, false])
  })

  it('without an answer fails the request, and not the process', async () => {
    const unheard: unknown[] = []
    const hear = (reason: unknown): number => unheard.push(reason)
    process.on('unhandledRejection', hear)
    try {
      const broken = new Error('the log is broken')
      const observe = (one: Observation): void => {
        if (one.kind === 'failure') throw broken
      }
      const fail = (): never => {
        throw new TypeError('unforeseen')
      }
      await expect(stand(fail, { observe }).send([user('a'), user('b'), user('c')])).rejects.toBe(broken)
      await sleep(20)
      expect(unheard).toEqual([])
    } finally {
      process.off('unhandledRejection', hear)
    }
  })

  it('is what the mapping does not allow, operation by operation', async () => {
    const { catalog } = stand().app
    const types = catalog.types.map((m) => (m.type.name === 'Group' ? { ...m, allow: new Set(['read'] as const) } : m))
    const at = stand(undefined, { catalog: { ...catalog, types } })
    const answer = await at.send([post('g', '/Groups', team('g')), user('u'), remove('/Groups/1')])
    expect(outcomes(answer)).toEqual(['403', '201', '403'])
  })
})
