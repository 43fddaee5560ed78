import { expect } from 'vitest'
import { BridgeError } from '../../src/base/errors.ts'
import type { ErrorReason } from '../../src/base/errors.ts'
import type { Decision } from '../../src/plan/plan.ts'
import type { Chapter } from './contract.ts'
import type { Handle, Values } from './handle.ts'
import { wantAll } from './handle.ts'
import { garbageIds } from './people.ts'

/** Each shape: what is held first, what is written over it, what shows then. */
const changes: readonly (readonly [
  shape: string,
  from: Values,
  to: Values,
  shown: Readonly<Record<string, unknown>>,
])[] = [
  ['a column', { set: { title: 'a' } }, { set: { title: 'b' } }, { title: 'b' }],
  ['a column, from nothing', {}, { set: { title: 'b' } }, { title: 'b' }],
  ['a column, to nothing', { set: { title: 'a' } }, { set: { title: null } }, { title: undefined }],
  [
    'text that only looks like a statement',
    {},
    { set: { title: "'); DROP TABLE person; --" } },
    { title: "'); DROP TABLE person; --" },
  ],
  ['an emoji and a quote', {}, { set: { title: '😀 "x" \\ \'' } }, { title: '😀 "x" \\ \'' }],
  ['a long text', {}, { set: { title: 'x'.repeat(20_000) } }, { title: 'x'.repeat(20_000) }],
  ['composed and decomposed text as sent', {}, { set: { title: 'e\u0301' } }, { title: 'e\u0301' }],
  ['a boolean', { set: { active: true } }, { set: { active: false } }, { active: false }],
  ['an integer', { set: { badge: 1 } }, { set: { badge: -2147483648 } }, { badge: -2147483648 }],
  ['a decimal', { set: { score: 1 } }, { set: { score: 0.1 } }, { score: 0.1 }],
  [
    'a dateTime',
    { set: { hired: '2020-01-01T00:00:00Z' } },
    { set: { hired: '1969-12-31T23:59:59Z' } },
    { hired: '1969-12-31T23:59:59Z' },
  ],
  ['a value table', { set: { userType: 'Employee' } }, { set: { userType: 'Contractor' } }, { userType: 'Contractor' }],
  [
    'a companion column',
    { set: { locale: 'en', timezone: 'UTC' } },
    { set: { locale: 'fr' } },
    { locale: 'fr', timezone: 'UTC' },
  ],
  ['a companion row that is missing', {}, { set: { locale: 'fr' } }, { locale: 'fr', timezone: undefined }],
  [
    'a companion column, to nothing',
    { set: { locale: 'en', timezone: 'UTC' } },
    { set: { locale: null } },
    { locale: undefined, timezone: 'UTC' },
  ],
  ['a lookup', { set: { department: 'Sales' } }, { set: { department: 'Research' } }, { department: 'Research' }],
  ['a lookup of a new text', {}, { set: { department: 'Brand new' } }, { department: 'Brand new' }],
  ['a lookup, to nothing', { set: { department: 'Sales' } }, { set: { department: null } }, { department: undefined }],
  ['a key/value row', { set: { costCenter: 'a' } }, { set: { costCenter: 'b' } }, { costCenter: 'b' }],
  ['a key/value row that is missing', {}, { set: { costCenter: 'b' } }, { costCenter: 'b' }],
  [
    'a key/value row, to nothing',
    { set: { costCenter: 'a' } },
    { set: { costCenter: null } },
    { costCenter: undefined },
  ],
  [
    'a typed column',
    { set: { 'phoneNumbers.work': '1', 'phoneNumbers.mobile': '2' } },
    { set: { 'phoneNumbers.work': '3' } },
    { 'phoneNumbers.work': '3', 'phoneNumbers.mobile': '2' },
  ],
  ['a list', { set: { tags: ['a', 'b'] } }, { set: { tags: ['b', 'c'] } }, { tags: ['b', 'c'] }],
  ['a list, to nothing', { set: { tags: ['a', 'b'] } }, { set: { tags: null } }, { tags: undefined }],
]

export function writeContract({ test }: Chapter): void {
  for (const [shape, from, to, shown] of changes) {
    test(`changes ${shape}`, async (h) => {
      const { id } = await h.create('User', { ...from, set: { userName: unique(), ...from.set } })
      const before = await h.show('User', id)
      const outcome = await h.change('User', id, to)
      expect(outcome).toMatchObject({ id, changed: true })
      const after = await h.show('User', id)
      expect(outcome.shown).toEqual(after)
      for (const [leaf, value] of Object.entries(shown)) expect(after?.[leaf], leaf).toEqual(value)
      // whatever the change does not name stays
      const named = new Set([...Object.keys(shown), 'meta.lastModified'])
      const rest = (of: object | undefined) =>
        Object.fromEntries(Object.entries(of ?? {}).filter(([leaf]) => !named.has(leaf)))
      expect(rest(after)).toEqual(rest(before))
    })
  }

  test('creates with the answer as a get would give it', async (h) => {
    const outcome = await h.create('User', {
      set: { userName: unique(), badge: 3, locale: 'en', tags: ['x'] },
      rows: { emails: { add: [{ value: 'a@x' }] } },
    })
    expect(outcome.changed).toBe(true)
    expect(outcome.id).not.toBe('')
    expect(outcome.shown).toEqual(await h.show('User', outcome.id))
  })

  test('gives every record an id of its own and never one again', async (h) => {
    const first = await h.create('User', { set: { userName: unique() } })
    await h.remove('User', first.id)
    const second = await h.create('User', { set: { userName: unique() } })
    expect(second.id).not.toBe(first.id)
    const device = await h.create('Device', { set: { label: unique() } })
    expect(device.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-/)
  })

  test('adds, changes and removes child rows one by one', async (h) => {
    const of = h.mapping('User')
    const emails = h.rows('User', 'emails')
    const { id } = await h.create('User', {
      set: { userName: unique() },
      rows: {
        emails: {
          add: [{ value: 'a@x', type: 'work' }, { value: 'b@x', type: 'home', primary: true }, { value: 'c@x' }],
        },
      },
    })
    const outcome = await h.change(
      'User',
      id,
      (prior) => {
        const rows = prior.rows[emails.key] ?? []
        const at = (value: string) => rows.find((row) => Object.values(row.fields).includes(value)) ?? rows[99]
        const [a, b] = [at('a@x'), at('b@x')]
        if (!a || !b) throw new Error('the rows are gone')
        return {
          rows: {
            emails: {
              remove: [a],
              change: [{ from: b, to: { value: 'b2@x', type: 'home', primary: true } }],
              add: [{ value: 'd@x', type: 'work' }],
            },
          },
        }
      },
      { prior: wantAll(of) },
    )
    expect(outcome.changed).toBe(true)
    const shown = (await h.show('User', id))?.['emails'] as readonly { readonly value: string }[]
    expect([...shown].sort((x, y) => x.value.localeCompare(y.value))).toEqual([
      { value: 'b2@x', type: 'home', primary: true },
      { value: 'c@x' },
      { value: 'd@x', type: 'work' },
    ])
    expect(await h.show('User', id)).toEqual(outcome.shown)
  })

  test('decides upon what is held, under the lock', async (h) => {
    const { id } = await h.create('User', { set: { userName: unique(), badge: 0 } })
    const badge = h.slot('User', 'badge')
    const bump = () =>
      h.change('User', id, (prior) => ({ set: { badge: Number(prior.fields[badge.key]) + 1 } }), {
        prior: { slots: [badge], rows: [], links: [] },
      })
    await Promise.all(Array.from({ length: 16 }, bump))
    expect(await h.show('User', id)).toMatchObject({ badge: 16 })
  })

  test('writes nothing when the decision is empty', async (h) => {
    const { id, shown } = await h.create('User', { set: { userName: unique() } })
    const outcome = await h.change('User', id, {})
    expect(outcome).toMatchObject({ id, changed: false })
    expect(outcome.shown).toEqual(shown)
  })

  test('stamps a record when it changes, and only then', async (h) => {
    const { id, shown } = await h.create('User', { set: { userName: unique() } })
    expect(Date.parse(String(shown?.['meta.created']))).toBeGreaterThan(Date.now() - 60_000)
    await pause()
    await h.change('User', id, {})
    expect((await h.show('User', id))?.['meta.lastModified']).toBe(shown?.['meta.lastModified'])
    await h.change('User', id, { rows: { emails: { add: [{ value: 'a@x' }] } } })
    const after = await h.show('User', id)
    expect(Date.parse(String(after?.['meta.lastModified'])), 'child rows alone').toBeGreaterThan(
      Date.parse(String(shown?.['meta.lastModified'])),
    )
    expect(after?.['meta.created']).toBe(shown?.['meta.created'])
  })

  test('leaves nothing when the decision throws', async (h) => {
    const { id, shown } = await h.create('User', { set: { userName: unique() } })
    const refusal = new BridgeError('preconditionFailed', 'somebody was faster')
    await expect(
      h.change('User', id, () => {
        throw refusal
      }),
    ).rejects.toBe(refusal)
    expect(await h.show('User', id)).toEqual(shown)
  })

  test('refuses a value that another record has', async (h) => {
    const name = unique()
    const first = await h.create('User', { set: { userName: name } })
    const second = await h.create('User', { set: { userName: unique() } })
    const taken = [{ attribute: 'userName', where: h.compare('User', 'userName', 'eq', name.toUpperCase()) }]
    await rejects(h.create('User', { set: { userName: name.toUpperCase() } }, { unique: taken }), 'conflict')
    await rejects(h.change('User', second.id, { set: { userName: name } }, { unique: taken }), 'conflict')
    // a record is no rival of itself
    const outcome = await h.change('User', first.id, { set: { userName: name.toUpperCase() } }, { unique: taken })
    expect(outcome.shown).toMatchObject({ userName: name.toUpperCase() })
    expect((await h.list('User', taken[0]?.where ?? { kind: 'false' })).total).toBe(1)
  })

  test('lets one of many equal creates through', async (h) => {
    const name = unique()
    const check = [{ attribute: 'userName', where: h.compare('User', 'userName', 'eq', name) }]
    const results = await Promise.allSettled(
      Array.from({ length: 12 }, (_, i) =>
        h.create('User', { set: { userName: i % 2 ? name : name.toUpperCase() } }, { unique: check }),
      ),
    )
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
    for (const result of results) if (result.status === 'rejected') expect(reasonOf(result.reason)).toBe('conflict')
    expect((await h.list('User', h.compare('User', 'userName', 'eq', name))).total).toBe(1)
  })

  test('creates side by side without losing one', async (h) => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        h.create('User', { set: { userName: unique(), locale: 'en' }, rows: { emails: { add: [{ value: 'a@x' }] } } }),
      ),
    )
    expect(new Set(outcomes.map((o) => o.id)).size).toBe(20)
    for (const { id } of outcomes) expect(await h.show('User', id)).toMatchObject({ locale: 'en' })
  })

  test('waits for the hook, after the checks and before the write', async (h) => {
    const name = unique()
    const seen: Decision[] = []
    const { id } = await h.create(
      'User',
      { set: { userName: name } },
      {
        beforeWrite: async (decision) => {
          await pause()
          seen.push(decision)
        },
      },
    )
    expect(seen).toHaveLength(1)
    expect(seen[0]?.write.fields.map((f) => f.value)).toEqual([name])
    await h.change('User', id, { set: { title: 'x' } }, { beforeWrite: async (decision) => void seen.push(decision) })
    expect(seen).toHaveLength(2)
    const check = [{ attribute: 'userName', where: h.compare('User', 'userName', 'eq', name) }]
    await rejects(
      h.create('User', { set: { userName: name } }, { unique: check, beforeWrite: async (d) => void seen.push(d) }),
      'conflict',
    )
    await h.change('User', id, {}, { beforeWrite: async (d) => void seen.push(d) })
    expect(seen, 'nothing to write, nothing to announce').toHaveLength(2)
  })

  test('hands side values to the hook even when nothing else changes', async (h) => {
    const { id } = await h.create('User', { set: { userName: unique() } })
    const seen: Decision[] = []
    const side = { externalId: 'e-1' }
    const outcome = await h.change('User', id, { side }, { beforeWrite: async (d) => void seen.push(d) })
    expect(seen.map((d) => d.side)).toEqual([side])
    expect(outcome.decision.side).toEqual(side)
  })

  test('undoes everything when the hook rejects', async (h) => {
    const name = unique()
    const no = new BridgeError('unavailable', 'the side store is gone')
    const beforeWrite = () => Promise.reject(no)
    await expect(h.create('User', { set: { userName: name } }, { beforeWrite })).rejects.toBe(no)
    expect((await h.list('User', h.compare('User', 'userName', 'eq', name))).total).toBe(0)
    const { id, shown } = await h.create('User', { set: { userName: name } })
    await expect(
      h.change('User', id, { set: { title: 'x' }, rows: { emails: { add: [{ value: 'x' }] } } }, { beforeWrite }),
    ).rejects.toBe(no)
    await expect(h.remove('User', id, { beforeWrite })).rejects.toBe(no)
    expect(await h.show('User', id)).toEqual(shown)
  })

  test('leaves nothing of a write whose last step fails', async (h) => {
    const name = unique()
    const values: Values = {
      set: { userName: name, locale: 'en', costCenter: 'x', department: unique() },
      rows: { emails: { add: [{ value: 'a@x' }] } },
      links: { manager: { add: ['u424242'] } },
    }
    await rejects(h.create('User', values), 'invalidValue')
    expect((await h.list('User', h.compare('User', 'userName', 'eq', name))).total).toBe(0)
    const { id, shown } = await h.create('User', { set: { userName: name } })
    await rejects(h.change('User', id, { ...values, set: { ...values.set, userName: unique() } }), 'invalidValue')
    expect(await h.show('User', id)).toEqual(shown)
  })

  test('says missing for a change of nobody', async (h) => {
    for (const garbage of garbageIds) {
      await rejects(h.change('User', garbage, { set: { title: 'x' } }), 'missing', garbage)
      await rejects(h.remove('User', garbage), 'missing', garbage)
    }
  })

  test('runs dry: all of the checks, none of the writes', async (h) => {
    const name = unique()
    const dry = { dry: true, beforeWrite: () => Promise.reject(new Error('a dry run announces nothing')) }
    const made = await h.create('User', { set: { userName: name }, rows: { emails: { add: [{ value: 'x@y' }] } } }, dry)
    expect(made.wouldRun?.length).toBeGreaterThan(0)
    expect((await h.list('User', h.compare('User', 'userName', 'eq', name))).total).toBe(0)
    const { id, shown } = await h.create('User', { set: { userName: name } })
    const changed = await h.change('User', id, { set: { title: 'x' } }, dry)
    expect(changed.wouldRun?.length).toBeGreaterThan(0)
    const check = [{ attribute: 'userName', where: h.compare('User', 'userName', 'eq', name) }]
    await rejects(h.create('User', { set: { userName: name } }, { ...dry, unique: check }), 'conflict')
    await h.remove('User', id, dry)
    expect(await h.show('User', id)).toEqual(shown)
  })
}

let count = 0
/** A name that nobody else in this file has. */
export const unique = (): string => `n${process.pid}-${(count += 1)}`

export const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5))

export const reasonOf = (error: unknown): ErrorReason | string =>
  error instanceof BridgeError ? error.reason : `no BridgeError but ${String(error)}`

/** Rejects with a BridgeError of this reason. */
export async function rejects(promise: Promise<unknown>, reason: ErrorReason, about = ''): Promise<void> {
  const outcome = await promise.then(
    () => 'no error at all',
    (error: unknown) => reasonOf(error),
  )
  expect(outcome, JSON.stringify(about.slice(0, 50))).toBe(reason)
}

export type { Handle }
