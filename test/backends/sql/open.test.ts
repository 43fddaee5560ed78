import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sqlBackend } from '../../../src/backends/sql/backend.ts'
import { isBridgeError } from '../../../src/base/errors.ts'
import type { ResourceMapping } from '../../../src/mapping/catalog.ts'
import type { CreatePlan } from '../../../src/plan/plan.ts'
import { all, catalog, decision, field, folder, links, mapping, same, set, single, stand, want } from './fixture.ts'
import { group, members, office, schema, slots } from './office.ts'
import { equalTo } from '../../../src/mapping/scope.ts'

const person = mapping('User', { name: 'person', key: ['id'] }, [single('userName', field('login'))])
const ours = mapping('User', { name: 'person', key: ['id'], where: equalTo({ co: 1 }) }, [
  single('userName', field('login')),
])
const make = (of: ResourceMapping, name: string): CreatePlan => ({
  kind: 'create',
  of,
  decision: decision({ fields: [set(field('login'), name)] }),
  assign: [],
  answer: want([field('login')]),
})
const signal = new AbortController().signal

let here: ReturnType<typeof folder>
beforeEach(() => {
  here = folder()
})
afterEach(() => here.remove())
const at = (name: string) => join(here.path, name)
const open = (section: Record<string, string | boolean | number>, types = [person]) =>
  sqlBackend(here.path).open(catalog(types, section))
const problem = async (attempt: Promise<unknown>) => {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isBridgeError(error)) throw new Error('no BridgeError', { cause: error })
  expect(error.detail).not.toContain(here.path)
  expect(error.detail).not.toContain('SELECT')
  return error
}

describe('opening', () => {
  it('runs init once, when the file is new', async () => {
    writeFileSync(
      at('init.sql'),
      "CREATE TABLE person (id INTEGER PRIMARY KEY, login TEXT); INSERT INTO person (login) VALUES ('first')",
    )
    for (const expected of [2, 3]) {
      const store = await open({ file: 'sub/new.db', init: 'init.sql' })
      await store.run(store.lower(make(person, 'x')), { signal })
      const { total } = await all(
        store.run(
          store.lower({
            kind: 'list',
            of: person,
            where: { kind: 'true' },
            want: want([]),
            cut: { by: 'backend', page: { offset: 0, limit: 0 }, order: undefined },
          }),
          { signal },
        ),
      )
      expect(total).toBe(expected)
      await store.close()
    }
  })

  it.each([
    ['removed', (file: string) => rmSync(file)],
    [
      'replaced',
      (file: string) => {
        copyFileSync(file, `${file}.copy`)
        renameSync(`${file}.copy`, file)
      },
    ],
  ])('gives up a file that is %s while it is open', async (_, change) => {
    new DatabaseSync(at('person.db')).exec('CREATE TABLE person (id INTEGER PRIMARY KEY, login TEXT)')
    const store = await open({ file: 'person.db' })
    await store.run(store.lower(make(person, 'kept')), { signal })
    change(at('person.db'))
    expect(await problem(store.run(store.lower(make(person, 'lost')), { signal }))).toMatchObject({
      reason: 'unavailable',
    })
    expect(await problem(store.ping(signal))).toMatchObject({ reason: 'unavailable' })
    await store.close()
  })

  it('leaves nothing of an init that fails', async () => {
    writeFileSync(at('init.sql'), 'CREATE TABLE person (id INTEGER PRIMARY KEY, login TEXT); CREATE NONSENSE')
    await problem(open({ file: 'new.db', init: 'init.sql' }))
    expect(existsSync(at('new.db'))).toBe(false)
    expect((await problem(open({ file: 'new.db', init: 'none.sql' }))).reason).toBe('unavailable')
  })

  it('makes no file out of a mistyped name', async () => {
    expect((await problem(open({ file: 'typo.db' }))).reason).toBe('unavailable')
    expect(existsSync(at('typo.db'))).toBe(false)
  })

  it('refuses a file that is no database, and does not touch it', async () => {
    writeFileSync(at('text.db'), 'x'.repeat(5000))
    expect((await problem(open({ file: 'text.db' }))).reason).toBe('unavailable')
    expect(readFileSync(at('text.db'), 'utf8')).toBe('x'.repeat(5000))
  })

  it('tells everything that does not fit at once', async () => {
    const legacy = new DatabaseSync(at('test.db'))
    legacy.exec(
      'CREATE TABLE person (id INTEGER PRIMARY KEY, logn TEXT, needed TEXT NOT NULL, fine TEXT NOT NULL DEFAULT 1); CREATE TABLE teams (team_id INTEGER PRIMARY KEY)',
    )
    legacy.close()
    const team = mapping('Group', { name: 'team', key: ['team_id'] }, [])
    const { reason, detail } = await problem(open({}, [person, team]))
    expect(reason).toBe('invalidMapping')
    expect(detail.split('\n').slice(1)).toEqual([
      '- User: table person has no column login; did you mean logn?',
      '- User: a create gives no value for person.needed, which is NOT NULL and has no default',
      expect.stringMatching(/^- Group: there is no table team/),
    ])
    const readers = mapping('User', { name: 'person', key: ['id'] }, [single('userName', field('logn'))], {
      allow: new Set(['read']),
    })
    await (await open({}, [readers])).close()
  })

  it('for reading only refuses to write', async () => {
    const legacy = new DatabaseSync(at('test.db'))
    legacy.exec('CREATE TABLE person (id INTEGER PRIMARY KEY, login TEXT)')
    legacy.close()
    const store = await open({ readOnly: true })
    expect((await problem(store.run(store.lower(make(person, 'x')), { signal }))).reason).toBe('denied')
    await store.ping(signal)
    await store.close()
    expect((await problem(store.ping(signal))).reason).toBe('unavailable')
  })

  it('checks its own section', () => {
    const wrong = catalog([{ ...person, table: undefined }], { dialect: 'db2', fil: 'x' })
    expect(
      sqlBackend('.')
        .check(wrong)
        .map((one) => one.path.join('.')),
    ).toEqual(expect.arrayContaining(['backend.dialect', 'resources.User']))
    expect(sqlBackend('.').check(catalog([person]))).toEqual([])
  })
})

describe('under way', () => {
  it('waits for another writer, and then says busy', async () => {
    const one = await stand(schema, [ours], { busy: 300 })
    one.legacy.exec("CREATE TABLE x (y); BEGIN IMMEDIATE; INSERT INTO person (co, login) VALUES (1, 'theirs')")
    const mine = make(ours, 'mine')
    setTimeout(() => one.legacy.exec('COMMIT'), 100)
    expect(await one.run(mine)).toMatchObject({ kind: 'written', id: '2' })
    one.legacy.exec('BEGIN IMMEDIATE')
    expect((await problem(one.run(mine))).reason).toBe('busy')
    one.legacy.exec('COMMIT')
    expect(await one.run(mine)).toMatchObject({ kind: 'written', id: '3' })
    await one.close()
  }, 20_000)

  it('gives up between two steps when the caller has', async () => {
    const one = await stand(schema, [ours])
    const given = new AbortController()
    const mine = make(ours, 'mine')
    const attempt = one.run(mine, { signal: given.signal, beforeWrite: async () => given.abort() })
    expect((await problem(attempt)).reason).toBe('timeout')
    expect(one.query('SELECT count(*) FROM person')).toEqual([[0]])
    await one.close()
  })

  it('keeps integers beyond 2^53 whole, as keys too', async () => {
    const one = await stand(schema, [ours])
    one.legacy.exec("INSERT INTO person (id, co, login) VALUES (9007199254740993, 1, 'big')")
    const { records } = await all(
      one.run({
        kind: 'list',
        of: ours,
        where: same(field('login'), 'big'),
        want: want([field('id')]),
        cut: { by: 'backend', page: { offset: 0, limit: 9 }, order: undefined },
      }),
    )
    expect(records).toMatchObject([{ id: '9007199254740993', fields: { id: 9007199254740993n } }])
    const got = await one.run({ kind: 'get', of: ours, id: records[0]!.id, want: want([]) })
    expect(got).toMatchObject({ record: { id: '9007199254740993' } })
    await one.close()
  })

  it('takes 40,000 members and 1,500 alternatives in one go', async () => {
    const one = await stand(schema, office)
    one.legacy.exec(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000) INSERT INTO person (id, co, login) SELECT i, 1, 'p' || i FROM n; INSERT INTO account SELECT id, NULL, 1 FROM person; INSERT INTO team VALUES (1, 't', 0); CREATE INDEX by_team ON member (team_id, person_id)",
    )
    const ids = Array.from({ length: 40_000 }, (_, i) => String(i + 1))
    const change = (add: readonly string[], remove: readonly string[], only: boolean) =>
      one.run({
        kind: 'change',
        of: group,
        id: 'g1' as never,
        prior: want([]),
        decide: () => decision({ links: [links(members, add, remove, only)] }),
        assign: [],
        answer: undefined,
      })
    await change(ids, [], true)
    expect(one.query('SELECT count(*) FROM member')).toEqual([[40_000]])
    expect(await change(ids, [], true)).toMatchObject({ changed: false })
    await change([], ids.slice(5), false)
    expect(one.query('SELECT count(*) FROM member')).toEqual([[5]])
    const where = { kind: 'or', of: Array.from({ length: 1500 }, (_, i) => same(slots.login, `p${i + 1}`)) } as const
    const { total } = await all(
      one.run({
        kind: 'list',
        of: office[0]!,
        where,
        want: want([]),
        cut: { by: 'backend', page: { offset: 0, limit: 1 }, order: undefined },
      }),
    )
    expect(total).toBe(1500)
    await one.close()
  }, 60_000)
})
