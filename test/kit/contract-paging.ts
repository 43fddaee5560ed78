import { expect } from 'vitest'
import type { NativeRecord, PageKey } from '../../src/mapping/record.ts'
import type { Cut, Order, Page } from '../../src/plan/plan.ts'
import type { Chapter, Opened } from './contract.ts'
import { everything, idsOf, listed } from './handle.ts'
import type { Handle } from './handle.ts'
import { populate } from './people.ts'

/** Type, leaf, direction, folded: values that are missing, equal, of every kind, in every shape of slot. */
const orders: readonly (readonly [type: string, leaf: string | undefined, descending: boolean, folded: boolean])[] = [
  ['User', undefined, false, false],
  ['Locker', undefined, false, false],
  ...(['userName', 'title', 'name.familyName', 'locale', 'department', 'costCenter'] as const).flatMap((leaf) =>
    ([false, true] as const).map((descending) => ['User', leaf, descending, true] as const),
  ),
  ...(['code', 'badge', 'score', 'hired', 'employeeNumber'] as const).flatMap((leaf) =>
    ([false, true] as const).map((descending) => ['User', leaf, descending, false] as const),
  ),
  ['Locker', 'note', false, true],
  ['Locker', 'note', true, true],
  ['Locker', 'place', false, false],
  ['Locker', 'room', true, false],
]

/** Keys that only differ in one part, in both. */
const lockers: readonly (readonly [room: string, place: number, note?: string])[] = [
  ['A', 1, 'x'],
  ['A', 2],
  ['A', 10, 'X'],
  ['B', 1],
  ['B', 3, 'y'],
  ['a', 1, ''],
  ['Ä', 1, 'x'],
  ['b.c', 2, 'y'],
]

const makeLockers = async (h: Handle, { holdsEmptyText = true }: Opened): Promise<void> => {
  for (const [room, place, note = null] of lockers)
    await h.create('Locker', { set: { room, place, note: note === '' && !holdsEmptyText ? null : note } })
}

/** Page after page, each behind the one before; `between` happens after each of them. */
async function walk(
  h: Handle,
  type: string,
  limit: number,
  order: Order | undefined,
  between: (page: number) => Promise<void> = async () => undefined,
): Promise<readonly string[]> {
  const seen: string[] = []
  let after: PageKey | undefined
  for (let page = 1; page < 100; page++) {
    const { records, next } = await h.page(type, { offset: 0, limit, ...(after && { after }) }, order)
    seen.push(...idsOf(records))
    if (next === undefined) return seen
    after = next
    await between(page)
  }
  throw new Error('the walk does not end')
}

/** Page before page, from the end or from a place; the pages in the order of the list. */
async function walkBack(
  h: Handle,
  type: string,
  limit: number,
  order: Order | undefined,
  from: PageKey | 'end' = 'end',
): Promise<readonly string[]> {
  let seen: readonly string[] = []
  for (let before: PageKey | 'end' = from, page = 1; page < 100; page++) {
    const found = await h.page(type, { offset: 0, limit, before, counting: 'nothing' }, order)
    seen = [...idsOf(found.records), ...seen]
    expect(found.total).toBeUndefined()
    if (!found.more) return seen
    if (found.first === undefined) throw new Error('an empty page has nothing beyond')
    before = found.first
  }
  throw new Error('the walk does not end')
}

/** What the store gives where the bridge cuts the page. */
async function streamed(h: Handle, type: string, page: Page): Promise<readonly NativeRecord[]> {
  const of = h.mapping(type)
  const cut: Cut = { by: 'bridge', page, residual: { kind: 'true' }, sort: undefined, scanLimit: 1000 }
  const want = { slots: [], rows: [], links: [] }
  return (await listed(await h.run({ kind: 'list', of, where: { kind: 'true' }, want, cut }))).records
}

export function pagingContract({ before, test }: Chapter): void {
  before(populate)
  before(makeLockers)

  for (const [type, leaf, descending, folded] of orders) {
    const title = `${type} by ${leaf ?? 'key'}${descending ? ', descending' : ''}`

    test(`walks ${title} as counted pages do`, async (h) => {
      const order = leaf === undefined ? undefined : h.order(type, leaf, descending, folded)
      const { records, total } = await h.page(type, everything, order)
      const whole = idsOf(records)
      expect(new Set(whole).size).toBe(total)
      for (const limit of [1, 2, 3, whole.length, 100]) {
        expect(await walk(h, type, limit, order), `pages of ${limit}`).toEqual(whole)
        const counted: string[] = []
        for (let offset = 0; offset < whole.length; offset += limit)
          counted.push(...idsOf((await h.page(type, { offset, limit }, order)).records))
        expect(counted, `counted pages of ${limit}`).toEqual(whole)
      }
    })

    test(`walks ${title} backwards as forwards`, async (h) => {
      const order = leaf === undefined ? undefined : h.order(type, leaf, descending, folded)
      const { records } = await h.page(type, everything, order)
      const whole = idsOf(records)
      for (const limit of [1, 2, 3, whole.length, 100])
        expect(await walkBack(h, type, limit, order), `pages of ${limit}`).toEqual(whole)
      for (const [i, { at }] of records.entries()) {
        expect(await walkBack(h, type, 2, order, at), `before ${i}`).toEqual(whole.slice(0, i))
        if (at === undefined) throw new Error('a record of a list stands somewhere')
        const ahead = await h.page(type, { offset: 0, limit: 2, after: at, counting: 'nothing' }, order)
        expect(idsOf(ahead.records), `behind ${i}`).toEqual(whole.slice(i + 1, i + 3))
        expect(ahead.more, `more behind ${i}`).toBe(whole.length > i + 3)
        const rest = await h.page(type, { offset: 0, limit: 2, after: at, counting: 'rest' }, order)
        expect([rest.total, rest.more], `left behind ${i}`).toEqual([whole.length - i - 1, whole.length > i + 3])
        expect(idsOf(rest.records)).toEqual(idsOf(ahead.records))
      }
    })
  }

  test('goes on behind any record, with the whole total', async (h) => {
    const { records, total } = await h.page('User', everything)
    const ids = idsOf(records)
    for (const [i] of ids.entries()) {
      const { next } = await h.page('User', { offset: i, limit: 1 })
      if (next === undefined) throw new Error('a page with a record has an end')
      const rest = await h.page('User', { offset: 3, limit: 100, after: next })
      expect(idsOf(rest.records)).toEqual(ids.slice(i + 1))
      expect(rest.total).toBe(total)
    }
  })

  test('tells whether there is more, counted or not', async (h) => {
    const { total = 0 } = await h.page('User', { offset: 0, limit: 0 })
    for (const counting of [undefined, 'rest', 'nothing'] as const)
      for (const limit of [1, total - 1, total, total + 1]) {
        const page = { offset: 0, limit, ...(counting && { counting }) }
        const { more, total: told } = await h.page('User', page)
        expect([more, told], `${counting} ${limit}`).toEqual([
          limit < total,
          counting === 'nothing' ? undefined : total,
        ])
      }
    for (const offset of [total - 1, total, total + 5])
      expect((await h.page('User', { offset, limit: 1 })).more, `at ${offset}`).toBe(false)
  })

  test('gives to the bridge what lies beyond a place, in its direction', async (h) => {
    for (const type of ['User', 'Locker']) {
      const all = await streamed(h, type, everything)
      const ids = idsOf(all)
      expect(ids).toEqual(idsOf((await h.page(type, everything)).records))
      expect(idsOf(await streamed(h, type, { ...everything, before: 'end' }))).toEqual(ids.toReversed())
      for (const [i, { at }] of all.entries()) {
        if (at === undefined) throw new Error('a record of a list stands somewhere')
        expect(idsOf(await streamed(h, type, { ...everything, after: at }))).toEqual(ids.slice(i + 1))
        const before = await streamed(h, type, { ...everything, before: at })
        expect(idsOf(before)).toEqual(ids.slice(0, i).toReversed())
      }
    }
  })

  test('has no end of a page without records', async (h) => {
    expect((await h.page('User', { offset: 0, limit: 0 })).next).toBeUndefined()
    expect((await h.page('User', { offset: 1000, limit: 10 })).next).toBeUndefined()
  })

  for (const [leaf, descending] of [
    [undefined, false],
    ['title', false],
    ['title', true],
    ['badge', false],
    ['badge', true],
  ] as const) {
    test(`shows whoever stays once, by ${leaf ?? 'key'}${descending ? ', descending' : ''}, while others come and go`, async (h) => {
      const order = leaf === undefined ? undefined : h.order('User', leaf, descending, leaf !== 'badge')
      const made: string[] = []
      for (let i = 0; i < 24; i++) {
        const set = { userName: `walk-${leaf}-${descending}-${i}`, title: i % 3 === 0 ? null : `T${i % 5}` }
        made.push((await h.create('User', { set: { ...set, badge: i % 4 === 0 ? null : i % 6 } })).id)
      }
      const leaving = made.filter((_, i) => i % 2 === 0)
      const staying = new Set(
        idsOf((await h.list('User', { kind: 'true' })).records).filter((id) => !leaving.includes(id)),
      )
      const added: string[] = []
      const seen = await walk(h, 'User', 4, order, async (page) => {
        for (const id of leaving.splice(0, 3)) await h.remove('User', id)
        if (page > 4) return
        const set = { userName: `new-${leaf}-${descending}-${page}`, title: page % 2 ? 'T2' : null, badge: page }
        added.push((await h.create('User', { set })).id)
      })
      expect(seen.filter((id) => staying.has(id)).sort()).toEqual([...staying].sort())
      expect(new Set(seen).size).toBe(seen.length)
      for (const id of [...added, ...made.filter((id) => staying.has(id)), ...leaving]) await h.remove('User', id)
    })
  }

  test('goes on behind a record that has gone itself', async (h, _, { keepsTotal = false }) => {
    const { records } = await h.page('Locker', everything)
    const ids = idsOf(records)
    const { next } = await h.page('Locker', { offset: 0, limit: 3 })
    if (next === undefined) throw new Error('a page with records has an end')
    await h.remove('Locker', ids[2] ?? '')
    await h.remove('Locker', ids[0] ?? '')
    const rest = await h.page('Locker', { offset: 3, limit: 100, after: next })
    expect(idsOf(rest.records)).toEqual(ids.slice(3))
    const back = await h.page('Locker', { offset: 0, limit: 100, before: next, counting: 'nothing' })
    expect(idsOf(back.records)).toEqual(ids.slice(1, 2))
    expect(rest.total).toBe(keepsTotal ? lockers.length : lockers.length - 2)
    expect((await h.page('Locker', everything)).total).toBe(lockers.length - 2)
  })

  test('keeps a place that was copied, whatever its values are', async (h) => {
    const order = h.order('User', 'score', false, false)
    const whole = idsOf((await h.page('User', everything, order)).records)
    for (const [i] of whole.entries()) {
      const { next } = await h.page('User', { offset: i, limit: 1 }, order)
      const after = structuredClone(next)
      if (after === undefined) throw new Error('a page with a record has an end')
      const rest = await h.page('User', { offset: 0, limit: 100, after }, order)
      expect(idsOf(rest.records)).toEqual(whole.slice(i + 1))
    }
  })
}
