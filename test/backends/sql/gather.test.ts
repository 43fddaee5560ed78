import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Predicate, SlotTest } from '../../../src/mapping/predicate.ts'
import type { Slot } from '../../../src/mapping/slot.ts'
import type { ListPlan } from '../../../src/plan/plan.ts'
import { field, mapping, single, slot, stand, want } from './fixture.ts'
import type { Stand } from './fixture.ts'

const phone = field('phone', 'contact')
const town = slot('town', {
  kind: 'lookup',
  table: undefined,
  field: 'town_id',
  lookup: { table: 'town', key: 'id', text: 'name', onMissing: 'refuse' },
})
const shoe = slot('shoe', {
  kind: 'keyValue',
  table: 'meta',
  foreignKey: ['person_id'],
  keys: { k: 'shoe' },
  value: 'v',
})
const person = mapping(
  'Person',
  {
    name: 'person',
    key: ['id'],
    with: [{ name: 'contact', key: ['person_id'], optional: true, first: false, rowOnly: false, set: { create: [] } }],
  },
  [single('phone', phone), single('town', town), single('shoe', shoe)],
)

let s: Stand
beforeEach(async () => {
  s = await stand(
    `CREATE TABLE town (id INTEGER PRIMARY KEY, name TEXT);
     CREATE TABLE person (id INTEGER PRIMARY KEY, town_id INTEGER);
     CREATE TABLE contact (person_id INTEGER PRIMARY KEY, phone TEXT);
     CREATE TABLE meta (person_id INTEGER, k TEXT, v TEXT);
     INSERT INTO town VALUES (1, 'a'), (2, 'b');
     INSERT INTO person VALUES (1, 1), (2, 2), (3, NULL), (4, 1);
     INSERT INTO contact VALUES (1, 'a'), (2, 'b'), (3, NULL);
     INSERT INTO meta VALUES (1, 'shoe', 'a'), (2, 'shoe', 'b'), (3, 'hat', 'a');`,
    [person],
  )
})
afterEach(() => s.close())

const eq = (value: string): SlotTest => ({ op: 'eq', value, fold: false })
const leaf = (at: Slot, test: SlotTest): Predicate => ({ kind: 'slot', slot: at, test })
const not = (of: Predicate): Predicate => ({ kind: 'not', of })
const or = (...of: readonly Predicate[]): Predicate => ({ kind: 'or', of })
const and = (...of: readonly Predicate[]): Predicate => ({ kind: 'and', of })
const plan = (where: Predicate): ListPlan => ({
  kind: 'list',
  of: person,
  where,
  want: want([]),
  cut: { by: 'backend', page: { offset: 0, limit: 10 }, order: undefined },
})

async function ids(where: Predicate): Promise<readonly string[]> {
  const outcome = await s.run(plan(where))
  const found: string[] = []
  if (outcome.kind === 'records') for await (const record of outcome.records) found.push(record.id)
  return found
}
const subqueries = (where: Predicate): number => {
  const [, count] = s.store.explain(s.store.lower(plan(where)))
  return count?.text.match(/EXISTS/g)?.length ?? 0
}

describe('tests of one value in another table', () => {
  const absent: SlotTest = { op: 'absent' }
  it.each<[string, (at: Slot) => Predicate, string[], string[], string[], number]>([
    [
      'one of several',
      (at) => or(leaf(at, eq('a')), leaf(at, eq('b')), leaf(at, eq('c'))),
      ['1', '2'],
      ['1', '2', '4'],
      ['1', '2'],
      1,
    ],
    [
      'one of them, or none',
      (at) => or(leaf(at, eq('a')), leaf(at, absent)),
      ['1', '3', '4'],
      ['1', '3', '4'],
      ['1', '3', '4'],
      2,
    ],
    ['none of several', (at) => and(not(leaf(at, eq('a'))), not(leaf(at, eq('b')))), ['3', '4'], ['3'], ['3', '4'], 1],
    [
      'neither of two disjunctions',
      (at) => and(not(or(leaf(at, eq('a')), leaf(at, eq('c')))), not(or(leaf(at, eq('b')), leaf(at, eq('d'))))),
      ['3', '4'],
      ['3'],
      ['3', '4'],
      1,
    ],
    ['both of two', (at) => and(leaf(at, eq('a')), leaf(at, eq('b'))), [], [], [], 2],
    [
      'not both',
      (at) => or(not(leaf(at, eq('a'))), not(leaf(at, eq('b')))),
      ['1', '2', '3', '4'],
      ['1', '2', '3', '4'],
      ['1', '2', '3', '4'],
      2,
    ],
  ])('ask the table as often as they must: %s', async (_, where, byPhone, byTown, byShoe, times) => {
    expect(await ids(where(phone))).toEqual(byPhone)
    expect(await ids(where(town))).toEqual(byTown)
    expect(await ids(where(shoe))).toEqual(byShoe)
    for (const at of [phone, town, shoe]) expect(subqueries(where(at))).toBe(times)
  })
})
