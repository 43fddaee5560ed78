import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { scimId } from '../../../src/base/brand.ts'
import type { Predicate, SlotTest } from '../../../src/mapping/predicate.ts'
import type { CreatePlan, ListPlan } from '../../../src/plan/plan.ts'
import { all, decision, field, ids, mapping, record, same, set, single, stand, want } from './fixture.ts'
import type { Stand } from './fixture.ts'
import { equalTo } from '../../../src/mapping/scope.ts'

const login = field('login')
const title = field('title')
const score = field('score')
const person = mapping('User', { name: 'person', key: ['id'], where: equalTo({ co: 1 }) }, [
  single('userName', login),
  single('title', title),
  single('score', score),
])
const everything = want([login, title, score])
const schema = `CREATE TABLE person (id INTEGER PRIMARY KEY, co INTEGER NOT NULL, login TEXT NOT NULL, title TEXT, score INTEGER);
  INSERT INTO person (id, co, login) VALUES (100, 2, 'Outsider')`

const make = (name: string, more: Parameters<typeof set>[] = []): CreatePlan => ({
  kind: 'create',
  of: person,
  decision: decision(
    { fields: [set(login, name), ...more.map((one) => set(...one))] },
    { unique: [{ attribute: 'userName', where: same(login, name) }] },
  ),
  assign: [],
  answer: everything,
})
const list = (where: Predicate, offset = 0, limit = 100): ListPlan => ({
  kind: 'list',
  of: person,
  where,
  want: everything,
  cut: { by: 'backend', page: { offset, limit }, order: undefined },
})
const test = (at: typeof login, one: SlotTest): Predicate => ({ kind: 'slot', slot: at, test: one })

let here: Stand
beforeEach(async () => {
  here = await stand(schema, [person])
})
afterEach(() => here.close())

describe('one table', () => {
  it('creates, gets and lists', async () => {
    const made = await record(here.run(make('ann', [[title, 'Dr']])))
    expect(made).toMatchObject({ id: '101', fields: { login: 'ann', title: 'Dr', score: null } })
    const got = await record(here.run({ kind: 'get', of: person, id: made.id, want: want([title]) }))
    expect(got).toEqual({ id: '101', fields: { title: 'Dr' }, rows: {}, links: {} })
    expect(await all(here.run(list({ kind: 'true' })))).toMatchObject({ total: 1, records: [{ id: '101' }] })
    expect(here.query('SELECT co FROM person WHERE id = 101')).toEqual([[1]])
  })

  it.each(['100', '0101', ' 101', '101.0', 'x', '1e2', "1' OR '1'='1", '', '9'.repeat(30)])(
    'finds nobody by the id %j',
    async (id) => {
      await here.run(make('ann'))
      expect(await here.run({ kind: 'get', of: person, id: scimId(id), want: everything })).toEqual({
        kind: 'record',
        record: undefined,
      })
    },
  )

  it('tells a name in use from one that is held outside the mapping', async () => {
    await here.run(make('Ann'))
    await expect(here.run(make('aNN'))).rejects.toMatchObject({ reason: 'conflict' })
    await expect(here.run(make('OUTSIDER'))).rejects.toMatchObject({ reason: 'conflictOutOfScope' })
    expect(here.query('SELECT count(*) FROM person')).toEqual([[2]])
  })

  it('makes one of 50 at once without an index', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, i) => here.run(make(i % 2 ? 'Bob' : 'bob'))),
    )
    expect(outcomes.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
    for (const one of outcomes) if (one.status === 'rejected') expect(one.reason).toMatchObject({ reason: 'conflict' })
    expect(here.query('SELECT count(*) FROM person')).toEqual([[2]])
  })

  const fold = (op: 'eq' | 'co' | 'sw' | 'ew' | 'gt' | 'le', value: string): SlotTest => ({ op, value, fold: true })
  const exact = (op: 'eq' | 'co' | 'sw' | 'ew' | 'gt' | 'le', value: string | number): SlotTest => ({
    op,
    value,
    fold: false,
  })
  it.each<[string, Predicate, string[]]>([
    ['eq, folded', test(login, fold('eq', 'jörg_1%')), ['JÖRG_1%']],
    ['eq, exact', test(login, exact('eq', 'jörg_1%')), []],
    ['eq with k', test(login, fold('eq', 'kim')), ['Kim', '\u212aim']],
    ['sw takes % as it is', test(login, fold('sw', '%')), []],
    ['co takes _ as it is', test(login, fold('co', '_')), ['JÖRG_1%']],
    ['ew', test(login, fold('ew', '1%')), ['JÖRG_1%']],
    ['ew of nothing', test(title, exact('ew', '')), ['Kim']],
    ['sw of nothing', test(title, exact('sw', '')), ['Kim']],
    ['NUL', test(login, fold('co', 'a\0')), []],
    ['a lone surrogate', test(login, fold('eq', '\ud800')), []],
    ['order by code point', test(login, exact('gt', '\uffff')), ['\u{1f600}']],
    ['numbers', test(score, exact('gt', 9)), ['Kim']],
    ['a number as text', test(score, exact('eq', '10')), ['Kim']],
    ['a number as other text', test(score, exact('eq', '010')), []],
    ['absent', test(title, { op: 'absent' }), ['JÖRG_1%', '\u212aim', '\u{1f600}']],
    ['not', { kind: 'not', of: test(title, exact('eq', 'Dr')) }, ['JÖRG_1%', '\u212aim', '\u{1f600}']],
    ['in', test(title, { op: 'in', values: ['Dr', "'"] }), ['Kim']],
    ['in with null', test(score, { op: 'in', values: [null, 11] }), ['JÖRG_1%', '\u212aim', '\u{1f600}']],
    ['bits', test(score, { op: 'bits', mask: 2, equals: 2 }), ['Kim']],
    ['an id that cannot be', { kind: 'id', ids: [scimId('0101'), scimId('x'), scimId('100')] }, []],
    ['no conjunct', { kind: 'and', of: [] }, ['JÖRG_1%', 'Kim', '\u212aim', '\u{1f600}']],
    ['no alternative', { kind: 'or', of: [] }, []],
    ['false', { kind: 'false' }, []],
  ])('filters: %s', async (_, where, expected) => {
    await here.run(make('JÖRG_1%'))
    await here.run(
      make('Kim', [
        [title, 'Dr'],
        [score, 10],
      ]),
    )
    here.legacy.exec("INSERT INTO person (co, login) VALUES (1, '\u212aim'), (1, '\u{1f600}')")
    const { records, total } = await all(here.run(list(where)))
    expect(records.map((one) => one.fields['login'])).toEqual(expected)
    expect(total).toBe(expected.length)
  })

  it('takes every text as a value', async () => {
    for (const nasty of ["'; DROP TABLE person; --", '" OR 1=1', '?', '\\', '%', '$1', ':a', 'x\n--', '{{}}']) {
      const made = await record(here.run(make(nasty, [[title, nasty]])))
      expect(made.fields).toMatchObject({ login: nasty, title: nasty })
      const { records } = await all(here.run(list(same(login, nasty))))
      expect(ids(records)).toEqual([made.id])
    }
    expect(here.query('SELECT count(*) FROM person')).toEqual([[10]])
  })

  it('pages', async () => {
    for (const name of ['a', 'b', 'c']) await here.run(make(name))
    expect(await all(here.run(list({ kind: 'true' }, 1, 1)))).toMatchObject({ total: 3, records: [{ id: '102' }] })
    expect(await all(here.run(list({ kind: 'true' }, 5, 1)))).toMatchObject({ total: 3, records: [] })
    expect(await all(here.run(list({ kind: 'true' }, 0, 0)))).toMatchObject({ total: 3, records: [] })
  })
})
