import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { scimId } from '../../../src/base/brand.ts'
import type { NativeRecord } from '../../../src/mapping/record.ts'
import type { Store } from '../../../src/plan/port.ts'
import type { ChangePlan, CreatePlan, Plan } from '../../../src/plan/plan.ts'
import { expand, matches, record } from '../../sqlite-log.ts'
import type { Recorder } from '../../sqlite-log.ts'
import { all, decision, links, same, set, stand, want } from './fixture.ts'
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
  role,
  schema,
  slots,
  user,
  wanted,
  wantedGroup,
} from './office.ts'

/** What the database itself says it was asked. */
let log: string[]
let recorder: Recorder
let here: Stand
beforeEach(async () => {
  here = await stand(schema, office)
  here.legacy.exec(`
    INSERT INTO person (id, co, login, dept, tags, boss, role_no) VALUES (1, 1, 'ann', 1, 'a,b', NULL, 1), (2, 1, 'bob', NULL, NULL, 1, NULL), (3, 1, 'o''neil', 2, NULL, NULL, NULL);
    INSERT INTO account VALUES (1, 'a@x', 1), (2, NULL, 1), (3, NULL, 1);
    INSERT INTO mail (owner, live, addr) VALUES (1, 1, 'a@x');
    INSERT INTO team VALUES (1, 'one', 0), (2, 'two', 0);
    INSERT INTO member VALUES (1, 1, NULL, 0), (2, NULL, 1, 0)`)
  recorder = record((database) => database !== here.legacy)
  log = recorder.log
})
afterEach(async () => {
  recorder.stop()
  await here.close()
})

const create: CreatePlan = {
  kind: 'create',
  of: user,
  decision: decision(
    {
      fields: [
        set(slots.login, "x'y"),
        set(slots.dept, 'IT'),
        set(slots.tags, ['p', 'q']),
        set(slots.room, '?'),
        set(slots.cost, 'c'),
      ],
      rows: [
        { rows: emails, add: [{ fields: { addr: 'n@x', kind: null } }], remove: [], change: [] },
        { rows: phones, add: [{ fields: { number: '"?"', kind: 'w' } }], remove: [], change: [] },
      ],
      links: [links(manager, ['1'], [], true)],
    },
    { unique: [{ attribute: 'userName', where: same(slots.login, "x'y") }] },
  ),
  assign: user.set.create,
  answer: wanted,
}
const change = (
  of: typeof user,
  id: string,
  write: Parameters<typeof decision>[0],
  more: Partial<ChangePlan> = {},
): ChangePlan => ({
  kind: 'change',
  of,
  id: scimId(id),
  prior: of === user ? wanted : want([]),
  decide: () => decision(write),
  assign: [],
  answer: of === user ? wanted : undefined,
  ...more,
})

const plans: readonly (readonly [string, Plan])[] = [
  ['get', { kind: 'get', of: user, id: scimId('1'), want: wanted }],
  ['get of columns', { kind: 'get', of: user, id: scimId('1'), want: want([slots.login]) }],
  ['create', create],
  [
    'create of a group',
    {
      ...create,
      of: group,
      decision: decision({ fields: [set(slots.team, 'new')], links: [links(members, ['1', '3', 'g2'])] }),
      assign: [],
      answer: wantedGroup,
    },
  ],
  ['change of nothing', change(user, '1', {})],
  [
    'change of columns',
    change(user, '1', {
      fields: [
        set(slots.login, '$1'),
        set(slots.rank, 5),
        set(slots.mail, 'm'),
        set(slots.room, 'r'),
        set(slots.cost, 'c'),
        set(slots.notes, ['?']),
      ],
    }),
  ],
  [
    'change of a name',
    change(
      user,
      '1',
      { fields: [set(slots.login, 'x')] },
      {
        decide: () =>
          decision(
            { fields: [set(slots.login, 'x')] },
            { unique: [{ attribute: 'userName', where: same(slots.login, 'x') }] },
          ),
      },
    ),
  ],
  [
    'change of rows',
    change(user, '1', {
      rows: [
        {
          rows: emails,
          add: [{ fields: { addr: 'b' } }, { fields: { addr: 'c' } }],
          remove: [],
          change: [{ from: { fields: { addr: 'a@x', kind: null }, rowKey: 1 }, to: { fields: { addr: 'a@y' } } }],
        },
      ],
    }),
  ],
  ['change of a manager', change(user, '3', { links: [links(manager, ['1'], [], true)] })],
  ['members added', change(group, 'g1', { links: [links(members, ['2', '3', 'g2'])] })],
  ['members removed', change(group, 'g1', { links: [links(members, [], ['1', "'"])] })],
  ['members replaced', change(group, 'g1', { links: [links(members, ['3'], [], true)] })],
  ['role given', change(role, 'r2', { links: [links(holders, ['2', '3'], ['1'])] })],
  ['remove by a mark', { kind: 'remove', of: user, id: scimId('1'), prior: wanted, check: () => undefined }],
  ['remove', { kind: 'remove', of: erasable, id: scimId('1'), prior: want([]), check: () => undefined }],
  ['remove of a group', { kind: 'remove', of: group, id: scimId('g1'), prior: wantedGroup, check: () => undefined }],
  [
    'a page',
    {
      kind: 'list',
      of: user,
      where: {
        kind: 'and',
        of: [
          { kind: 'not', of: same(slots.login, "o'neil") },
          {
            kind: 'or',
            of: [
              same(slots.dept, 'sales'),
              { kind: 'link', reference: groups, to: [scimId('g2')] },
              { kind: 'row', rows: emails, where: same(slots.addr, '?') },
            ],
          },
        ],
      },
      want: wanted,
      cut: {
        by: 'backend',
        page: { offset: 0, limit: 10 },
        order: {
          slot: slots.mail,
          descending: true,
          fold: true,
          present: { kind: 'not', of: { kind: 'slot', slot: slots.mail, test: { op: 'absent' } } },
        },
      },
    },
  ],
]

describe('explain is the log', () => {
  it.each(plans)('%s', async (_, plan) => {
    const prior: NativeRecord = { id: scimId('1'), fields: {}, rows: {}, links: {} }
    const program = here.store.lower(plan)
    const explained = here.store.explain(program, plan.kind === 'change' ? prior : undefined).map(expand)
    const outcome = await here.store.run(program, { signal: new AbortController().signal })
    if (outcome.kind === 'records') await all(Promise.resolve(outcome))
    expect(log).toHaveLength(explained.length)
    explained.forEach((text, i) => expect(log[i]).toMatch(matches(text)))
    // only keys that the database makes, and the keys of a page, are left open
    expect(
      explained.filter((text) => text.includes('‹?›')).length === 0 || plan.kind === 'create' || plan.kind === 'list',
    ).toBe(true)
  })

  it('holds for reading in chunks as well', async () => {
    here.legacy.exec(
      "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 400) INSERT INTO person (id, co, login) SELECT i, 1, 'p' || i FROM n; INSERT INTO account SELECT id, NULL, 1 FROM person WHERE id > 3",
    )
    const plan: Plan = {
      kind: 'list',
      of: user,
      where: { kind: 'true' },
      want: want([slots.login], [emails]),
      cut: {
        by: 'bridge',
        page: { offset: 0, limit: 10 },
        residual: { kind: 'true' },
        sort: undefined,
        scanLimit: 1000,
      },
    }
    const program = here.store.lower(plan)
    const explained = here.store.explain(program).map(expand)
    const { records, total } = await all(here.store.run(program, { signal: new AbortController().signal }))
    expect([records.length, total, new Set(records.map((one) => one.id)).size]).toEqual([394, undefined, 394])
    expect(log).toHaveLength(explained.length)
    explained.forEach((text, i) => expect(log[i]).toMatch(matches(text)))
  })

  it('takes as many statements for 2,000 records as for one', async () => {
    here.legacy.exec(
      "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 2009) INSERT INTO person (id, co, login, boss) SELECT i, 1, 'p' || i, 1 FROM n; INSERT INTO account SELECT id, NULL, 1 FROM person WHERE id > 3; INSERT INTO mail (owner, live, addr) SELECT id, 1, login FROM person; INSERT INTO member SELECT 1, id, NULL, 0 FROM person",
    )
    const page = async (limit: number): Promise<number> => {
      log.length = 0
      const { records } = await all(
        here.run({
          kind: 'list',
          of: user,
          where: { kind: 'true' },
          want: wanted,
          cut: { by: 'backend', page: { offset: 0, limit }, order: undefined },
        }),
      )
      expect(records).toHaveLength(limit)
      return log.length
    }
    expect(await page(2000)).toBe(await page(1))
  })

  it('leaves out an id that no integer column holds only where the column is known', async () => {
    const { sqlBackend } = await import('../../../src/backends/sql/backend.ts')
    const { catalog } = await import('./fixture.ts')
    const offline = sqlBackend('.').offline(catalog(office))
    const plan = plans.find(([name]) => name === 'members removed')?.[1] ?? create
    const users = (store: Store) =>
      store.explain(store.lower(plan)).find((one) => one.text.includes('"person_id" IN'))?.params
    expect(users(here.store)).toEqual([1, 0, 1, 1, 'X'])
    expect(users(offline)).toEqual([1, 0, 1, "'", 1, 'X'])
  })

  it('explains without a database just the same', async () => {
    const { sqlBackend } = await import('../../../src/backends/sql/backend.ts')
    const { catalog } = await import('./fixture.ts')
    const offline = sqlBackend('.').offline(catalog(office))
    for (const [name, plan] of plans.filter(([name]) => name !== 'members removed'))
      expect([name, offline.explain(offline.lower(plan))]).toEqual([name, here.store.explain(here.store.lower(plan))])
    await expect(offline.run(offline.lower(create), { signal: new AbortController().signal })).rejects.toMatchObject({
      reason: 'unavailable',
    })
  })
})
