import type { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { databaseOf } from './fixture.ts'
import { birth, cascades, people, personCases, refusals, resourceCases, teamCases } from './version-cases.ts'
import type { VersionCase } from './version-cases.ts'

interface Kept {
  readonly rev: number
  readonly created_at: string
  readonly changed_at: string
}

function fresh(recursive = false): DatabaseSync {
  const database = databaseOf('conformance-sqlite.sql')
  database.exec(`
    PRAGMA recursive_triggers = ${recursive ? 'ON' : 'OFF'};
    ${people(birth)}`)
  return database
}

const kept = (database: DatabaseSync, table: string, id: string): Kept =>
  ({
    ...database.prepare(`SELECT rev, created_at, changed_at FROM ${table} WHERE ${table}_id = ?`).get(id),
  }) as unknown as Kept

/** SQLite knows which columns a statement names: a stamp of the same time is a stamp. */
const sqliteCases: readonly VersionCase[] = [
  ...personCases('1', '2020-01-01T00:00:00.000Z'),
  [`UPDATE person SET changed_at = changed_at WHERE person_id = 'p'`, 0, true],
]

describe.each([false, true])('the version that the conformance schema keeps (recursive triggers: %s)', (recursive) => {
  const look = (table: string, id: string, statement: string, revisions: number, isStamped: boolean): void => {
    const database = fresh(recursive)
    const before = kept(database, table, id)
    database.exec(statement)
    const after = kept(database, table, id)
    expect(after.rev - before.rev).toBe(revisions)
    expect(after.created_at).toBe(before.created_at)
    if (isStamped) expect(after.changed_at > before.changed_at).toBe(true)
    else expect(after.changed_at).toBe(before.changed_at)
    expect(after.changed_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  }

  it.each(sqliteCases)('person: %s', (statement, revisions, isStamped) => {
    look('person', 'p', statement, revisions, isStamped)
  })

  it.each([...teamCases, ...cascades])('team: %s', (statement, revisions, isStamped) => {
    look('team', 't', statement, revisions, isStamped)
  })

  it.each(resourceCases('1'))('test resource: %s', (statement, revisions, isStamped) => {
    look('test_resource', 'r', statement, revisions, isStamped)
  })

  it('counts a row that moves for both of its people', () => {
    const database = fresh(recursive)
    database.exec(`UPDATE person_email SET person_id = 'm'`)
    expect([kept(database, 'person', 'p').rev, kept(database, 'person', 'm').rev]).toEqual([101, 101])
  })

  it('moves a person whose manager is deleted', () => {
    const database = fresh(recursive)
    database.exec(`UPDATE person SET manager_id = 'm' WHERE person_id = 'p'`)
    const before = kept(database, 'person', 'p')
    database.exec(`DELETE FROM person WHERE person_id = 'm'`)
    const after = kept(database, 'person', 'p')
    expect(after.rev).toBe(before.rev + 1)
    expect(after.changed_at > before.changed_at).toBe(true)
  })

  it('grows by a millisecond when the clock does not get there', () => {
    const database = fresh(recursive)
    database.exec(`UPDATE person SET changed_at = '2099-12-31T23:59:59.990Z' WHERE person_id = 'p'`)
    const title = database.prepare(`UPDATE person SET title = ? WHERE person_id = 'p'`)
    let last = kept(database, 'person', 'p').changed_at
    for (let i = 0; i < 500; i++) {
      title.run(String(i))
      const now = kept(database, 'person', 'p').changed_at
      expect(Date.parse(now) - Date.parse(last)).toBe(1)
      last = now
    }
  })

  it('keeps a stamp that the writer gives, as long as it is later', () => {
    const database = fresh(recursive)
    database.exec(`UPDATE person SET title = 'D', changed_at = '2098-01-01T00:00:00.000Z' WHERE person_id = 'p'`)
    expect(kept(database, 'person', 'p')).toMatchObject({ rev: 101, changed_at: '2098-01-01T00:00:00.000Z' })
  })
})

describe('a creation in the conformance schema', () => {
  it.each([
    ['by the defaults', `INSERT INTO person (person_id, user_name) VALUES ('n', 'new')`],
    [
      'with a stamp from a clock that is behind',
      `INSERT INTO person (person_id, user_name, changed_at) VALUES ('n', 'new', '2021-01-01T00:00:00.000Z')`,
    ],
  ])('leaves lastModified at created, %s (RFC 7643 section 3.1)', (_name, statement) => {
    const database = fresh()
    database.exec(`BEGIN; ${statement};
      INSERT INTO person_email (person_id, value) VALUES ('n', 'a@example.com');
      INSERT INTO person_phone (person_id, value) VALUES ('n', '+1'); COMMIT`)
    const { created_at, changed_at } = kept(database, 'person', 'n')
    expect(changed_at).toBe(created_at)
  })

  it('keeps the history of people who are imported', () => {
    const database = fresh()
    database.exec(`INSERT INTO person (person_id, user_name, created_at, changed_at)
      VALUES ('n', 'new', '2001-01-01T00:00:00.000Z', '2002-01-01T00:00:00.000Z')`)
    expect(kept(database, 'person', 'n').created_at).toBe('2001-01-01T00:00:00.000Z')
  })

  it.each(refusals)('is refused for %s', (_name, statement, reason) => {
    expect(() => {
      fresh().exec(statement)
    }).toThrow(reason)
  })
})
