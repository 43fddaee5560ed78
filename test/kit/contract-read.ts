import { expect } from 'vitest'
import { scimId } from '../../src/base/brand.ts'
import type { ListPlan } from '../../src/plan/plan.ts'
import type { Chapter } from './contract.ts'
import { everything, listed, show } from './handle.ts'
import type { Handle } from './handle.ts'
import { garbageIds, id, people, populate } from './people.ts'

const all = { kind: 'true' } as const
const nothing = { slots: [], rows: [], links: [] } as const

/** Leaf, direction, and the userNames in order; those without a value are equals and stand in any order among themselves. */
const orders: readonly (readonly [
  leaf: string,
  descending: boolean,
  folded: boolean,
  valued: readonly string[],
  missing: readonly string[],
])[] = [
  ['userName', false, true, ['ann', 'Bob', 'c_d', 'dora', 'José', 'Kelvin'], []],
  ['userName', true, true, ['Kelvin', 'José', 'dora', 'c_d', 'Bob', 'ann'], []],
  ['code', false, false, ['Bob', 'José', 'ann', 'c_d'], ['Kelvin', 'dora']],
  ['code', true, false, ['c_d', 'ann', 'José', 'Bob'], ['Kelvin', 'dora']],
  ['badge', false, false, ['José', 'ann', 'Bob', 'c_d'], ['Kelvin', 'dora']],
  ['badge', true, false, ['c_d', 'Bob', 'ann', 'José'], ['Kelvin', 'dora']],
  ['hired', false, false, ['Bob', 'ann'], ['José', 'Kelvin', 'c_d', 'dora']],
  ['locale', false, true, ['c_d', 'ann'], ['Bob', 'José', 'Kelvin', 'dora']],
  ['department', true, true, ['ann', 'Kelvin', 'Bob'], ['José', 'c_d', 'dora']],
  ['costCenter', false, true, ['ann', 'Bob', 'José'], ['Kelvin', 'c_d', 'dora']],
  ['name.familyName', false, true, ['José', 'Bob', 'ann', 'c_d', 'Kelvin'], ['dora']],
]

export function readContract({ before, test }: Chapter): void {
  before(populate)

  test('gives back what was written, in every shape', async (h) => {
    for (const name of ['ann', 'bob', 'under', 'jose', 'kelvin', 'dora'] as const) {
      const { set = {}, rows } = people[name] ?? {}
      const shown = await h.show('User', id(name))
      expect(shown, name).toMatchObject(set)
      expect(shown?.['emails'] ?? [], name).toHaveLength(rows?.['emails']?.add?.length ?? 0)
      for (const email of rows?.['emails']?.add ?? [])
        expect(shown?.['emails']).toContainEqual(expect.objectContaining(email))
    }
    expect(await h.show('User', id('dora'))).not.toHaveProperty('title')
  })

  test('gives just what was asked for', async (h) => {
    const slot = h.slot('User', 'title')
    const emails = h.parts('User', 'emails')
    const reference = h.reference('User', 'manager')
    expect(await h.get('User', id('ann'), nothing)).toEqual({ id: id('ann'), fields: {}, rows: {}, links: {} })
    const want = { slots: [slot, ...emails.slots], rows: emails.rows, links: [reference] }
    const record = await h.get('User', id('ann'), want)
    expect(Object.keys(record?.fields ?? {})).toEqual(want.slots.map(({ key }) => key))
    expect(Object.keys(record?.rows ?? {})).toEqual(emails.rows.map(({ key }) => key))
    expect(Object.keys(record?.links ?? {})).toEqual([reference.key])
    const { records } = await h.list('User', { kind: 'id', ids: [scimId(id('ann'))] }, everything, undefined, {
      slots: [slot],
      rows: [],
      links: [],
    })
    const title = { [slot.key]: record?.fields[slot.key] }
    const at = { sort: null, key: expect.any(Array) as unknown }
    expect(records).toEqual([{ id: id('ann'), at, fields: title, rows: {}, links: {} }])
  })

  test('gives the same record by get and by list', async (h) => {
    const of = h.mapping('User')
    const { records } = await h.list('User', all)
    for (const record of records) expect(show(of, record)).toEqual(await h.show('User', record.id))
  })

  test('has no record under an id that cannot be', async (h) => {
    for (const garbage of garbageIds) expect(await h.get('User', garbage), JSON.stringify(garbage)).toBeUndefined()
    expect(await h.get('User', id('inner')), 'an id of another type').toBeUndefined()
    expect(await h.get('Group', id('ann')), 'an id of another type').toBeUndefined()
  })

  for (const [leaf, descending, folded, valued, missing] of orders) {
    test(`orders by ${leaf}${descending ? ', descending' : ''}`, async (h) => {
      const { records } = await h.list('User', all, everything, h.order('User', leaf, descending, folded))
      const names = records.map((r) => String(show(h.mapping('User'), r)['userName']))
      const [first, last] = descending
        ? [names.slice(0, missing.length), names.slice(missing.length)]
        : [names.slice(valued.length), names.slice(0, valued.length)]
      expect(first.sort(), 'without a value').toEqual(missing)
      // equal keys (two from Sales, two named ågren) keep any order
      const key = (name: string) =>
        (leaf === 'department' && name === 'Kelvin') || (leaf === 'name.familyName' && name === 'c_d') ? 'ann' : name
      expect(last.map(key)).toEqual(valued.map(key))
    })
  }

  test('cuts pages that together are the whole list', async (h) => {
    for (const order of [undefined, h.order('User', 'title'), h.order('User', 'badge', true, false)]) {
      const whole = await h.list('User', all, everything, order)
      expect(whole.total).toBe(6)
      for (const limit of [1, 2, 4, 6, 100]) {
        const pages: string[] = []
        for (let offset = 0; offset < 6; offset += limit) {
          const page = await h.list('User', all, { offset, limit }, order)
          expect(page.total).toBe(6)
          expect(page.records.length).toBe(Math.min(limit, 6 - offset))
          pages.push(...page.records.map((r) => r.id))
        }
        expect(pages).toEqual(whole.records.map((r) => r.id))
      }
    }
  })

  test('counts without a page', async (h) => {
    expect(await h.list('User', h.present('User', 'title'), { offset: 0, limit: 0 })).toEqual({ records: [], total: 5 })
    expect(await h.list('User', all, { offset: 50, limit: 10 })).toEqual({ records: [], total: 6 })
  })

  test('streams every record when the bridge cuts the page', async (h) => {
    const outcome = await h.run(bridgeCut(h, 1))
    const { records, total } = await listed(outcome)
    expect(total).toBeUndefined()
    expect(records).toHaveLength(6)
  })

  test('survives a reader who stops early', async (h) => {
    for (let i = 0; i < 20; i++) {
      const outcome = await h.run(bridgeCut(h, 1000))
      if (outcome.kind !== 'records') throw new Error('no records')
      for await (const record of outcome.records) {
        expect(record.id).toBeDefined()
        break
      }
    }
    expect((await h.list('User', all)).total).toBe(6)
  })

  test('shows links with type and display', async (h) => {
    const of = h.mapping('User')
    const manager = h.reference('User', 'manager')
    const groups = h.reference('User', 'groups')
    const record = await h.get('User', id('ann'), { slots: [], rows: [], links: [manager, groups] })
    expect(record?.links[manager.key]).toEqual([{ type: 'User', id: id('bob'), display: 'Bob' }])
    const seen = [...(record?.links[groups.key] ?? [])].sort((a, b) => (a.display ?? '').localeCompare(b.display ?? ''))
    expect(seen).toEqual([
      { type: 'Group', id: id('inner'), display: 'Inner' },
      { type: 'Group', id: id('outer'), display: 'Outer', indirect: true },
    ])
    // whoever has no displayName is shown by userName, or by nothing; never by another's name
    const members = h.reference('Group', 'members')
    const inner = await h.get('Group', id('inner'), { slots: [], rows: [], links: [members] })
    const jose = inner?.links[members.key]?.find((l) => l.id === id('jose'))
    expect([undefined, 'José']).toContain(jose?.display)
    expect(inner?.links[members.key]).toContainEqual({ type: 'User', id: id('ann'), display: 'Ann Å' })
    expect(show(of, (await h.get('User', id('dora'))) ?? fail()).groups).toBeUndefined()
  })

  test('shows members of every type', async (h) => {
    const shown = await h.show('Group', id('outer'))
    expect(shown?.['members']).toEqual([id('inner'), id('bob')].sort())
  })
}

const fail = (): never => {
  throw new Error('the record is gone')
}

const bridgeCut = (h: Handle, limit: number): ListPlan => {
  const { slots, rows } = h.parts('User', 'emails')
  return {
    kind: 'list',
    of: h.mapping('User'),
    where: all,
    want: { slots: [h.slot('User', 'title'), ...slots], rows, links: [h.reference('User', 'groups')] },
    cut: { by: 'bridge', page: { offset: 0, limit }, residual: { kind: 'true' }, sort: undefined, scanLimit: 1000 },
  }
}
