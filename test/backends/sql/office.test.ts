import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { scimId } from '../../../src/base/brand.ts'
import { BridgeError } from '../../../src/base/errors.ts'
import type { ResourceMapping } from '../../../src/mapping/catalog.ts'
import type { Predicate } from '../../../src/mapping/predicate.ts'
import type { ChangePlan, CreatePlan, Decision, GetPlan, ListPlan, RemovePlan, Want } from '../../../src/plan/plan.ts'
import { all, decision, ids, links, record, same, set, stand, want } from './fixture.ts'
import type { Stand } from './fixture.ts'
import {
  emails,
  erasable,
  group,
  groups,
  holders,
  manager,
  members,
  office,
  phones,
  reports,
  role,
  schema,
  slots,
  user,
  wanted,
  wantedGroup,
} from './office.ts'

let here: Stand
beforeEach(async () => {
  here = await stand(schema, office)
})
afterEach(() => here.close())

const create = (of: ResourceMapping, write: Partial<Decision['write']>, answer: Want): CreatePlan => ({
  kind: 'create',
  of,
  decision: decision(write),
  assign: [...of.set.create, ...of.set.write],
  answer,
})
const person = async (login: string, write: Partial<Decision['write']> = {}): Promise<string> =>
  (
    await record(
      here.run(create(user, { ...write, fields: [set(slots.login, login), ...(write.fields ?? [])] }, wanted)),
    )
  ).id
const team = async (name: string, add: readonly string[] = []): Promise<string> =>
  (
    await record(
      here.run(
        create(group, { fields: [set(slots.team, name)], links: add.length ? [links(members, add)] : [] }, wantedGroup),
      ),
    )
  ).id
const change = (
  of: ResourceMapping,
  id: string,
  write: Partial<Decision['write']>,
  more: Partial<ChangePlan> = {},
): ChangePlan => ({
  kind: 'change',
  of,
  id: scimId(id),
  prior: of.type.name === 'User' ? want([slots.login, slots.cost], [], []) : want([]),
  decide: () => decision(write),
  assign: of.set.write,
  answer: undefined,
  ...more,
})
const changed = async (plan: ChangePlan): Promise<boolean> => {
  const outcome = await here.run(plan)
  return outcome.kind === 'written' && outcome.changed
}
const get = (of: ResourceMapping, id: string, it: Want): GetPlan => ({ kind: 'get', of, id: scimId(id), want: it })
const remove = (of: ResourceMapping, id: string): RemovePlan => ({
  kind: 'remove',
  of,
  id: scimId(id),
  prior: want([]),
  check: () => undefined,
})
const list = (of: ResourceMapping, where: Predicate, it: Want = want([])): ListPlan => ({
  kind: 'list',
  of,
  where,
  want: it,
  cut: { by: 'backend', page: { offset: 0, limit: 100 }, order: undefined },
})
const found = async (where: Predicate, of: ResourceMapping = user) =>
  ids((await all(here.run(list(of, where)))).records)

describe('a create over many tables', () => {
  it('fills them in one transaction and answers with what is held', async () => {
    const boss = await person('boss')
    const made = await record(
      here.run(
        create(
          user,
          {
            fields: [
              set(slots.login, 'ann'),
              set(slots.dept, 'IT'),
              set(slots.tags, ['a', 'b']),
              set(slots.notes, ['x,y', 'z']),
              set(slots.mail, 'a@x'),
              set(slots.room, '12'),
              set(slots.cost, 'C1'),
            ],
            rows: [
              {
                rows: emails,
                add: [{ fields: { addr: 'a@work', kind: 'w' } }, { fields: { addr: 'a@home' } }],
                remove: [],
                change: [],
              },
              { rows: phones, add: [{ fields: { number: '1', kind: null } }], remove: [], change: [] },
            ],
            links: [links(manager, [boss], [], true)],
          },
          wanted,
        ),
      ),
    )
    expect(made).toEqual({
      id: '2',
      fields: {
        login: 'ann',
        nick: null,
        rank: null,
        dept: 'IT',
        tags: ['a', 'b'],
        notes: ['x,y', 'z'],
        'account.mail': 'a@x',
        'profile.room': '12',
        cost: 'C1',
      },
      rows: {
        emails: [
          { fields: { addr: 'a@work', kind: 'w' }, rowKey: 1 },
          { fields: { addr: 'a@home', kind: null }, rowKey: 2 },
        ],
        phoneNumbers: [{ fields: { number: '1', kind: null } }],
      },
      links: {
        'User.manager': [{ type: 'User', id: '1', display: 'boss' }],
        'User.groups': [],
        'User.reports': [],
        'User.roles': [],
      },
    })
    expect(here.query('SELECT co, dept, tags, notes, boss, made, stamp IS NOT NULL FROM person WHERE id = 2')).toEqual([
      [1, 2, 'a,b', '["x,y","z"]', 1, 'by ann', 1],
    ])
    expect(here.query('SELECT * FROM account WHERE person_id = 2')).toEqual([[2, 'a@x', 10]])
    expect(here.query('SELECT * FROM profile')).toEqual([[2, '12', 'auto']])
    expect(here.query('SELECT * FROM meta')).toEqual([[2, 'hr', 'cc', 'C1']])
    expect(here.query('SELECT owner, live, addr, extra FROM mail')).toEqual([
      [2, 1, 'a@work', 'kept'],
      [2, 1, 'a@home', 'kept'],
    ])
  })

  it.each<[string, Partial<Decision['write']>, string, RegExp]>([
    ['an unknown lookup', { fields: [set(slots.dept, 'Nowhere')] }, 'invalidValue', /^department: /],
    ['an unknown link', { links: [links(manager, ['77'])] }, 'invalidValue', /^manager: no such resource: "77"$/],
    ['a check', { fields: [set(slots.rank, 100)] }, 'constraint', /^a rule of the database/],
    ['a native unique index', { fields: [set(slots.nick, 'first')] }, 'conflict', /nickName/],
    ['NUL', { fields: [set(slots.nick, 'a\0b')] }, 'invalidValue', /^nickName holds/],
    [
      'NUL in a row',
      { rows: [{ rows: phones, add: [{ fields: { number: '\0' } }], remove: [], change: [] }] },
      'invalidValue',
      /^phoneNumbers.value holds/,
    ],
    [
      'a missing row value',
      { rows: [{ rows: emails, add: [{ fields: { kind: 'w' } }], remove: [], change: [] }] },
      'constraint',
      /^emails.value requires a value$/,
    ],
    ['the delimiter', { fields: [set(slots.tags, ['a,b'])] }, 'invalidValue', /^tags holds/],
    ['its own where', { fields: [set(slots.login, 'x')] }, '', /^$/],
  ])('is refused whole by %s', async (_, write, reason, detail) => {
    await person('first', { fields: [set(slots.nick, 'first')] })
    const attempt = here.run(
      create(user, { ...write, fields: [set(slots.login, 'ann'), ...(write.fields ?? [])] }, wanted),
    )
    if (reason === '') {
      await attempt
      return
    }
    await expect(attempt).rejects.toSatisfy(
      (error) => error instanceof BridgeError && error.reason === reason && detail.test(error.detail),
    )
    expect(
      here.query('SELECT (SELECT count(*) FROM person), (SELECT count(*) FROM account), (SELECT count(*) FROM mail)'),
    ).toEqual([[1, 1, 0]])
    expect(await person('next')).toBe('2')
  })
})

describe('a change', () => {
  it('writes what differs, and the stamp only then', async () => {
    const id = await person('ann', { fields: [set(slots.cost, 'C1')] })
    here.legacy.exec("UPDATE person SET stamp = 'old'")
    expect(await changed(change(user, id, {}))).toBe(false)
    expect(here.query('SELECT stamp FROM person')).toEqual([['old']])
    expect(
      await changed(
        change(user, id, { fields: [set(slots.room, 'A'), set(slots.cost, 'C2'), set(slots.dept, 'Sales')] }),
      ),
    ).toBe(true)
    expect(
      here.query("SELECT dept, stamp <> 'old', (SELECT room || kind FROM profile), (SELECT val FROM meta) FROM person"),
    ).toEqual([[1, 1, 'Aauto', 'C2']])
    await changed(change(user, id, { fields: [set(slots.room, null), set(slots.cost, null), set(slots.dept, null)] }))
    expect(here.query('SELECT dept, (SELECT room FROM profile), (SELECT count(*) FROM meta) FROM person')).toEqual([
      [null, null, 0],
    ])
  })

  it('does not make an optional row for nothing', async () => {
    const id = await person('ann')
    await changed(change(user, id, { fields: [set(slots.room, null)] }))
    expect(here.query('SELECT * FROM profile')).toEqual([])
  })

  it('changes rows by their key, else by what is mapped, and leaves the rest of a row alone', async () => {
    const id = await person('ann', {
      rows: [
        {
          rows: emails,
          add: [{ fields: { addr: 'a', kind: 'w' } }, { fields: { addr: 'b', kind: null } }],
          remove: [],
          change: [],
        },
        {
          rows: phones,
          add: [{ fields: { number: '1', kind: null } }, { fields: { number: '2', kind: 'x' } }],
          remove: [],
          change: [],
        },
      ],
    })
    here.legacy.exec("UPDATE mail SET extra = 'mine'; INSERT INTO mail (owner, live, addr) VALUES (1, 0, 'dead')")
    await changed(
      change(user, id, {
        rows: [
          {
            rows: emails,
            add: [{ fields: { addr: 'c' } }],
            remove: [{ fields: { addr: 'a', kind: 'w' }, rowKey: 1 }],
            change: [
              { from: { fields: { addr: 'b', kind: null }, rowKey: 2 }, to: { fields: { addr: 'B', kind: null } } },
            ],
          },
          {
            rows: phones,
            add: [],
            remove: [{ fields: { number: '1', kind: null } }],
            change: [{ from: { fields: { number: '2', kind: 'x' } }, to: { fields: { number: '2', kind: null } } }],
          },
        ],
      }),
    )
    expect(here.query('SELECT mail_id, live, addr, extra FROM mail')).toEqual([
      [2, 1, 'B', 'mine'],
      [3, 0, 'dead', 'kept'],
      [4, 1, 'c', 'kept'],
    ])
    expect(here.query('SELECT number, kind FROM phone')).toEqual([['2', null]])
  })

  it('writes nothing when the decision throws, and forgets what it had begun when the hook does', async () => {
    const id = await person('ann')
    const before = here.query('SELECT * FROM person')
    const fails = change(
      user,
      id,
      {},
      {
        decide: () => {
          throw new BridgeError('preconditionFailed', 'no')
        },
      },
    )
    await expect(here.run(fails)).rejects.toMatchObject({ reason: 'preconditionFailed' })
    const hook = async () => Promise.reject(new BridgeError('unavailable', 'side'))
    await expect(
      here.run(change(user, id, { fields: [set(slots.login, 'x')] }), { beforeWrite: hook }),
    ).rejects.toMatchObject({ reason: 'unavailable' })
    expect(here.query('SELECT * FROM person')).toEqual(before)
    expect(await changed(change(user, id, { fields: [set(slots.login, 'y')] }))).toBe(true)
  })

  it('lets no other write in while the hook is awaited', async () => {
    const id = await person('ann')
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    const first = here.run(change(user, id, { fields: [set(slots.login, 'first')] }), { beforeWrite: () => held })
    const second = here.run(
      change(
        user,
        id,
        { fields: [set(slots.nick, 'n')] },
        { decide: (prior) => decision({ fields: [set(slots.nick, `after ${String(prior.fields['login'])}`)] }) },
      ),
    )
    // a reader is served meanwhile, with what was there before
    expect(await record(here.run(get(user, id, want([slots.login]))))).toMatchObject({ fields: { login: 'ann' } })
    release()
    await Promise.all([first, second])
    expect(here.query('SELECT login, nick FROM person')).toEqual([['first', 'after first']])
  })

  it('undoes a dry run and tells what it would have run', async () => {
    const id = await person('ann')
    const before = here.query('SELECT * FROM person')
    const outcome = await here.run(
      change(user, id, { fields: [set(slots.nick, 'x')] }, { answer: want([slots.nick]) }),
      { dry: true },
    )
    expect(outcome).toMatchObject({
      kind: 'written',
      changed: true,
      record: { fields: { nick: 'x' } },
      wouldRun: [{ text: expect.stringMatching(/^UPDATE "person"/) as unknown }],
    })
    expect(here.query('SELECT * FROM person')).toEqual(before)
  })

  it.each(['7', '01', 'x', ''])('finds nobody by %j', async (id) => {
    await person('ann')
    await expect(here.run(change(user, id, { fields: [set(slots.nick, 'x')] }))).rejects.toMatchObject({
      reason: 'missing',
    })
    await expect(here.run(remove(user, id))).rejects.toMatchObject({ reason: 'missing' })
  })
})

describe('members', () => {
  const held = () => here.query('SELECT person_id, child_id, pending FROM member ORDER BY 1, 2, 3')
  it('are changed as sets, nothing of them read', async () => {
    const [a, b, c] = [await person('a'), await person('b'), await person('c')]
    const inner = await team('inner')
    const id = await team('t', [a])
    expect(await changed(change(group, id, { links: [links(members, [a])] }))).toBe(false)
    expect(await changed(change(group, id, { links: [links(members, [a, b, inner, b])] }))).toBe(true)
    expect(held()).toEqual([
      [null, 1, 0],
      [1, null, 0],
      [2, null, 0],
    ])
    expect(await changed(change(group, id, { links: [links(members, [], [b, '99', 'g99', "x'"])] }))).toBe(true)
    expect(await changed(change(group, id, { links: [links(members, [], [b])] }))).toBe(false)
    here.legacy.exec('INSERT INTO member VALUES (2, 3, NULL, 1)')
    expect(await changed(change(group, id, { links: [links(members, [c], [], true)] }))).toBe(true)
    expect(held()).toEqual([
      [3, null, 0],
      [3, null, 1],
    ])
    expect(await changed(change(group, id, { links: [links(members, [], [], true)] }))).toBe(true)
    expect(held()).toEqual([[3, null, 1]])
  })

  it('outside the scope of their type can neither be added nor removed', async () => {
    const a = await person('a')
    const id = await team('t', [a])
    here.legacy.exec(
      "INSERT INTO person (id, co, login) VALUES (50, 2, 'other'); INSERT INTO account VALUES (50, NULL, 1); INSERT INTO member VALUES (1, 50, NULL, 0)",
    )
    await expect(here.run(change(group, id, { links: [links(members, ['50'])] }))).rejects.toMatchObject({
      reason: 'invalidValue',
    })
    await changed(change(group, id, { links: [links(members, [], [], true)] }))
    expect(held()).toEqual([[50, null, 0]])
    expect((await record(here.run(get(group, id, wantedGroup)))).links).toEqual({ 'Group.members': [] })
  })

  it('show nested groups from the far side, circles too', async () => {
    const a = await person('a')
    const inner = await team('inner', [a])
    const outer = await team('outer', [inner])
    await changed(change(group, inner, { links: [links(members, [outer])] }))
    const { links: shown } = await record(here.run(get(user, a, want([], [], [groups]))))
    expect(shown['User.groups']).toEqual([
      { type: 'Group', id: inner, display: 'inner' },
      { type: 'Group', id: outer, display: 'outer', indirect: true },
    ])
    expect(await found({ kind: 'link', reference: groups, to: [scimId(outer)] })).toEqual([a])
    expect(await found({ kind: 'link', reference: members, to: [scimId(a)] }, group)).toEqual([inner])
    expect(await found({ kind: 'link', reference: members, to: 'any' }, group)).toEqual([inner, outer])
  })

  it('on a column of the target', async () => {
    const [a, b] = [await person('a'), await person('b')]
    expect(await changed(change(role, 'r1', { links: [links(holders, [a, b, '77'])] }))).toBe(true)
    expect(await changed(change(role, 'r1', { links: [links(holders, [a])] }))).toBe(false)
    expect(await changed(change(role, 'r2', { links: [links(holders, [a])] }))).toBe(true)
    expect(here.query('SELECT id, role_no FROM person')).toEqual([
      [1, 2],
      [2, 1],
    ])
    expect((await record(here.run(get(user, a, wanted)))).links['User.roles']).toEqual([
      { type: 'Role', id: 'r2', display: 'clerk' },
    ])
    await changed(change(role, 'r1', { links: [links(holders, [], [], true)] }))
    await changed(change(role, 'r2', { links: [links(holders, [], [b])] }))
    expect(here.query('SELECT id, role_no FROM person')).toEqual([
      [1, 2],
      [2, null],
    ])
  })

  it('of one: a column', async () => {
    const [a, b] = [await person('a'), await person('b')]
    expect(await changed(change(user, b, { links: [links(manager, [a], [], true)] }))).toBe(true)
    expect(await changed(change(user, b, { links: [links(manager, [a], [], true)] }))).toBe(false)
    expect((await record(here.run(get(user, a, want([], [], [reports]))))).links['User.reports']).toEqual([
      { type: 'User', id: b, display: 'b' },
    ])
    expect(await found({ kind: 'link', reference: manager, to: [scimId(a), scimId('nobody')] })).toEqual([b])
    expect(await found({ kind: 'not', of: { kind: 'link', reference: manager, to: 'any' } })).toEqual([a])
    expect(await changed(change(user, b, { links: [links(manager, [], [b])] }))).toBe(false)
    expect(await changed(change(user, b, { links: [links(manager, [], [a])] }))).toBe(true)
    expect(await changed(change(user, b, { links: [links(manager, [], [], true)] }))).toBe(false)
  })
})

describe('a filter', () => {
  const one = (at: keyof typeof slots, value: string): Predicate => same(slots[at], value)
  const absent = (at: keyof typeof slots): Predicate => ({ kind: 'slot', slot: slots[at], test: { op: 'absent' } })
  const not = (of: Predicate): Predicate => ({ kind: 'not', of })
  it.each<[string, Predicate, string[]]>([
    ['a companion', one('mail', 'A@X'), ['1']],
    ['an optional companion', one('room', '12'), ['1']],
    ['no optional companion', absent('room'), ['2', '3']],
    ['not an optional companion', not(one('room', '12')), ['2', '3']],
    ['a lookup', one('dept', 'it'), ['1']],
    ['no lookup', absent('dept'), ['2', '3']],
    ['a key/value row', one('cost', 'c1'), ['1']],
    ['no key/value row', absent('cost'), ['2', '3']],
    ['a piece of a list', one('tags', 'RED'), ['1']],
    ['half a piece of a list', one('tags', 'RE'), []],
    ['two pieces of a list', one('tags', 'red,blue'), []],
    [
      'the start of a piece',
      { kind: 'slot', slot: slots.tags, test: { op: 'sw', value: 'bl', fold: true } },
      ['1', '2'],
    ],
    [
      'the end of a piece',
      { kind: 'slot', slot: slots.tags, test: { op: 'ew', value: 'ue', fold: false } },
      ['1', '2'],
    ],
    ['inside a piece', { kind: 'slot', slot: slots.tags, test: { op: 'co', value: 'lac', fold: false } }, ['2']],
    ['no piece', absent('tags'), ['3']],
    ['an element of JSON', one('notes', 'X'), ['1']],
    ['no element of JSON', absent('notes'), ['2', '3']],
    [
      'a row',
      { kind: 'row', rows: emails, where: { kind: 'and', of: [same(slots.addr, 'a@x'), same(slots.kind, 'w')] } },
      ['1'],
    ],
    [
      'two rows are not one',
      { kind: 'row', rows: emails, where: { kind: 'and', of: [same(slots.addr, 'a@x'), same(slots.kind, 'h')] } },
      [],
    ],
    ['a row without', { kind: 'row', rows: emails, where: absent('kind') }, ['2']],
    ['no row', not({ kind: 'row', rows: emails, where: { kind: 'true' } }), ['3']],
    ['some ids', { kind: 'id', ids: ['1', '3', '03', 'x', '9'].map(scimId) }, ['1', '3']],
  ])('finds by %s', async (_, where, expected) => {
    const row = (addr: string, kind: string | null) => ({ fields: { addr, kind } })
    await person('a', {
      fields: [
        set(slots.mail, 'a@x'),
        set(slots.room, '12'),
        set(slots.dept, 'IT'),
        set(slots.cost, 'C1'),
        set(slots.tags, ['red', 'blue']),
        set(slots.notes, ['x', 'y']),
      ],
      rows: [{ rows: emails, add: [row('a@x', 'w'), row('a@y', 'h')], remove: [], change: [] }],
    })
    await person('b', {
      fields: [set(slots.tags, ['black', 'blue'])],
      rows: [{ rows: emails, add: [row('b@x', null)], remove: [], change: [] }],
    })
    await person('c')
    here.legacy.exec(
      "UPDATE person SET notes = 'no json' WHERE id = 2; UPDATE person SET notes = '{\"a\":1}', tags = ',' WHERE id = 3; INSERT INTO mail (owner, live, addr) VALUES (3, 0, 'dead')",
    )
    expect(here.store.say(where)).toBe('exact')
    expect(await found(where)).toEqual(expected)
  })
})

describe('a delete', () => {
  it('that marks hides the record everywhere, and its name is free in our eyes', async () => {
    const [a, b] = [await person('a'), await person('b', {})]
    const id = await team('t', [a])
    await changed(change(user, b, { links: [links(manager, [a])] }))
    await here.run(remove(user, a))
    expect(here.query('SELECT gone FROM person ORDER BY id')).toEqual([['X'], [null]])
    expect(await here.run(get(user, a, wanted))).toMatchObject({ record: undefined })
    expect(await found({ kind: 'true' })).toEqual([b])
    expect((await record(here.run(get(group, id, wantedGroup)))).links).toEqual({ 'Group.members': [] })
    expect((await record(here.run(get(user, b, wanted)))).links['User.manager']).toEqual([])
    await expect(here.run(change(user, b, { links: [links(manager, [a])] }))).rejects.toMatchObject({
      reason: 'invalidValue',
    })
    await expect(here.run(change(user, a, {}))).rejects.toMatchObject({ reason: 'missing' })
    const again: CreatePlan = {
      ...create(user, { fields: [set(slots.login, 'a')] }, wanted),
      decision: decision(
        { fields: [set(slots.login, 'a')] },
        { unique: [{ attribute: 'userName', where: same(slots.login, 'a') }] },
      ),
    }
    expect((await record(here.run(again))).id).toBe('3')
  })

  it('that deletes takes along what points at the record and what hangs on it', async () => {
    const row = { fields: { addr: 'x' } }
    const a = await person('a', {
      fields: [set(slots.room, '1'), set(slots.cost, 'c')],
      rows: [{ rows: emails, add: [row], remove: [], change: [] }],
    })
    const b = await person('b', { links: [links(manager, [a])] })
    await team('t', [a, b])
    await here.run(remove(erasable, a))
    expect(here.query('SELECT id, boss FROM person')).toEqual([[2, null]])
    expect(here.query('SELECT person_id FROM member')).toEqual([[2]])
    expect(
      here.query(
        'SELECT (SELECT count(*) FROM account), (SELECT count(*) FROM profile), (SELECT count(*) FROM meta), (SELECT count(*) FROM mail)',
      ),
    ).toEqual([[1, 0, 0, 0]])
  })

  it('is refused whole when rows that nobody mapped depend on the record', async () => {
    const a = await person('a')
    here.legacy.exec(
      'CREATE TABLE payslip (person_id INTEGER NOT NULL REFERENCES person); INSERT INTO payslip VALUES (1)',
    )
    await expect(here.run(remove(erasable, a))).rejects.toMatchObject({ reason: 'constraint' })
    expect(here.query('SELECT count(*) FROM account')).toEqual([[1]])
    const guarded: RemovePlan = {
      ...remove(erasable, a),
      check: () => {
        throw new BridgeError('preconditionFailed', 'no')
      },
    }
    await expect(here.run(guarded)).rejects.toMatchObject({ reason: 'preconditionFailed' })
  })
})
