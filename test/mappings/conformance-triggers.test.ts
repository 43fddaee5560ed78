import type { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { databaseOf } from './fixture.ts'

interface Kept {
  readonly rev: number
  readonly created_at: string
  readonly changed_at: string
}

const children = [
  'person_email',
  'person_phone',
  'person_im',
  'person_photo',
  'person_entitlement',
  'person_role',
  'person_certificate',
]

const birth = '2020-02-29T23:59:59.999Z'

function fresh(recursive = false): DatabaseSync {
  const database = databaseOf('conformance-sqlite.sql')
  database.exec(`
    PRAGMA recursive_triggers = ${recursive ? 'ON' : 'OFF'};
    INSERT INTO person (person_id, user_name, title, created_at, changed_at) VALUES
      ('p', 'anna', 'Engineer', '${birth}', '${birth}'), ('m', 'max', NULL, '${birth}', '${birth}');
    INSERT INTO team (team_id, display_name, created_at, changed_at) VALUES
      ('t', 'Team', '${birth}', '${birth}'), ('c', 'Child', '${birth}', '${birth}');
    ${children.map((table) => `INSERT INTO ${table} (person_id, value, type) VALUES ('p', 'one', 'work');`).join('\n')}
    INSERT INTO person_address (person_id, locality, type) VALUES ('p', 'Porto', 'work');
    INSERT INTO team_member (team_id, person_id) VALUES ('t', 'p');
    INSERT INTO team_member (team_id, child_id) VALUES ('t', 'c');
    UPDATE person SET rev = 100; UPDATE team SET rev = 100;`)
  return database
}

const kept = (database: DatabaseSync, table: string, id: string): Kept =>
  ({
    ...database.prepare(`SELECT rev, created_at, changed_at FROM ${table} WHERE ${table}_id = ?`).get(id),
  }) as unknown as Kept

/** [statement, how far p's rev moves, does p's changed_at move] */
const personCases: readonly (readonly [statement: string, revisions: number, isStamped: boolean])[] = [
  [`UPDATE person SET title = 'Director' WHERE person_id = 'p'`, 1, true],
  [`UPDATE person SET title = NULL WHERE person_id = 'p'`, 1, true],
  [`UPDATE person SET nick_name = 'Anni', active = 1 WHERE person_id = 'p'`, 1, true],
  [`UPDATE person SET user_name = 'ANNA' WHERE person_id = 'p'`, 1, true],
  [`UPDATE person SET password_hash = 'x' WHERE person_id = 'p'`, 1, true],
  [`UPDATE person SET manager_id = 'm' WHERE person_id = 'p'`, 1, true],
  // nothing changes
  [`UPDATE person SET title = 'Engineer' WHERE person_id = 'p'`, 0, false],
  [`UPDATE person SET title = title, active = active, manager_id = manager_id`, 0, false],
  [`UPDATE person SET title = 'Director' WHERE person_id = 'm'`, 0, false],
  // somebody stamps: it counts as a change of the time, not of the content
  [`UPDATE person SET changed_at = '2020-01-01T00:00:00.000Z' WHERE person_id = 'p'`, 0, true],
  [`UPDATE person SET changed_at = changed_at WHERE person_id = 'p'`, 0, true],
  [`UPDATE person SET title = 'D', changed_at = '2020-01-01T00:00:00.000Z' WHERE person_id = 'p'`, 1, true],
  // rows that belong to the person
  ...children.flatMap((table): readonly (readonly [string, number, boolean])[] => [
    [`INSERT INTO ${table} (person_id, value, type) VALUES ('p', 'two', 'work')`, 1, false],
    [`INSERT INTO ${table} (person_id, value) VALUES ('p', 'two'), ('p', 'three')`, 2, false],
    [`INSERT INTO ${table} (person_id, value) VALUES ('m', 'two')`, 0, false],
    [`UPDATE ${table} SET value = 'other'`, 1, true],
    [`UPDATE ${table} SET type = NULL`, 1, true],
    [`UPDATE ${table} SET is_primary = 1, display = 'x'`, 1, true],
    [`UPDATE ${table} SET value = value, type = 'work'`, 0, false],
    [`UPDATE ${table} SET person_id = 'm'`, 1, true],
    [`DELETE FROM ${table}`, 1, true],
    [`DELETE FROM ${table} WHERE person_id = 'm'`, 0, false],
  ]),
  [`INSERT INTO person_address (person_id, locality) VALUES ('p', 'Porto')`, 1, false],
  [`UPDATE person_address SET region = 'Norte'`, 1, true],
  [`UPDATE person_address SET locality = 'Porto'`, 0, false],
  [`DELETE FROM person_address`, 1, true],
  // a membership belongs to the team
  [`INSERT INTO team_member (team_id, person_id) VALUES ('c', 'p')`, 0, false],
  [`DELETE FROM team_member`, 0, false],
]

/** The same for team t. */
const teamCases: readonly (readonly [statement: string, revisions: number, isStamped: boolean])[] = [
  [`UPDATE team SET display_name = 'Crew' WHERE team_id = 't'`, 1, true],
  [`UPDATE team SET external_id = 'x' WHERE team_id = 't'`, 1, true],
  [`UPDATE team SET display_name = 'Team' WHERE team_id = 't'`, 0, false],
  [`INSERT INTO team_member (team_id, person_id) VALUES ('t', 'm')`, 1, false],
  [`INSERT INTO team_member (team_id, person_id) VALUES ('c', 'm')`, 0, false],
  [`DELETE FROM team_member WHERE person_id = 'p'`, 1, true],
  [`DELETE FROM team_member`, 2, true],
  [`UPDATE team_member SET person_id = 'm' WHERE person_id = 'p'`, 1, true],
  [`UPDATE team_member SET person_id = person_id, child_id = child_id`, 0, false],
  // by the foreign keys
  [`DELETE FROM person WHERE person_id = 'p'`, 1, true],
  [`DELETE FROM team WHERE team_id = 'c'`, 1, true],
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

  it.each(personCases)('person: %s', (statement, revisions, isStamped) => {
    look('person', 'p', statement, revisions, isStamped)
  })

  it.each(teamCases)('team: %s', (statement, revisions, isStamped) => {
    look('team', 't', statement, revisions, isStamped)
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

  it.each([
    ['a login in another case', `INSERT INTO person (person_id, user_name) VALUES ('n', 'ANNA')`, /UNIQUE/],
    ['a team name in another case', `INSERT INTO team (team_id, display_name) VALUES ('n', 'TEAM')`, /UNIQUE/],
    ['a member twice', `INSERT INTO team_member (team_id, person_id) VALUES ('t', 'p')`, /UNIQUE/],
    ['a nested team twice', `INSERT INTO team_member (team_id, child_id) VALUES ('t', 'c')`, /UNIQUE/],
    ['a member that is both', `INSERT INTO team_member (team_id, person_id, child_id) VALUES ('c', 'p', 't')`, /CHECK/],
    ['a member that is neither', `INSERT INTO team_member (team_id) VALUES ('c')`, /CHECK/],
    ['a member that does not exist', `INSERT INTO team_member (team_id, person_id) VALUES ('c', 'x')`, /FOREIGN KEY/],
    ['a manager who does not exist', `UPDATE person SET manager_id = 'x'`, /FOREIGN KEY/],
  ])('is refused for %s', (_name, statement, reason) => {
    expect(() => {
      fresh().exec(statement)
    }).toThrow(reason)
  })
})
