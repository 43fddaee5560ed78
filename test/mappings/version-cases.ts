/** What the triggers of the conformance schemas have to keep, in SQL that every database understands. */

export const children = [
  'person_email',
  'person_phone',
  'person_im',
  'person_photo',
  'person_entitlement',
  'person_role',
  'person_certificate',
]

export const birth = '2020-02-29T23:59:59.999Z'

/** Person p with a row of everything, manager-to-be m, team t with p and team c in it; every rev is 100. */
export const people = (at: string): string => `
  INSERT INTO person (person_id, user_name, title, created_at, changed_at) VALUES
    ('p', 'anna', 'Engineer', '${at}', '${at}'), ('m', 'max', NULL, '${at}', '${at}');
  INSERT INTO team (team_id, display_name, created_at, changed_at) VALUES
    ('t', 'Team', '${at}', '${at}'), ('c', 'Child', '${at}', '${at}');
  ${children.map((table) => `INSERT INTO ${table} (person_id, value, type) VALUES ('p', 'one', 'work');`).join('\n')}
  INSERT INTO person_address (person_id, locality, type) VALUES ('p', 'Porto', 'work');
  INSERT INTO team_member (team_id, person_id) VALUES ('t', 'p');
  INSERT INTO team_member (team_id, child_id) VALUES ('t', 'c');
  INSERT INTO test_resource (test_resource_id, identifier, ext_required, unique_text, whole_number, created_at, changed_at)
    VALUES ('r', 'One', 'x', 'Text', 7, '${at}', '${at}'), ('s', 'Two', 'x', NULL, NULL, '${at}', '${at}');
  INSERT INTO test_resource_string (test_resource_id, value) VALUES ('r', 'one');
  INSERT INTO test_resource_value (test_resource_id, value, type) VALUES ('r', 'one', 'work');
  UPDATE person SET rev = 100; UPDATE team SET rev = 100; UPDATE test_resource SET rev = 100;`

/** How far rev moves, and does changed_at move? */
export type VersionCase = readonly [statement: string, revisions: number, isStamped: boolean]

/** For person p; `yes` is true in the words of the database, `past` a time long ago. */
export const personCases = (yes: string, past: string): readonly VersionCase[] => [
  [`UPDATE person SET title = 'Director' WHERE person_id = 'p'`, 1, true],
  [`UPDATE person SET title = NULL WHERE person_id = 'p'`, 1, true],
  [`UPDATE person SET nick_name = 'Anni', active = ${yes} WHERE person_id = 'p'`, 1, true],
  [`UPDATE person SET user_name = 'ANNA' WHERE person_id = 'p'`, 1, true],
  [`UPDATE person SET user_name = 'anna ' WHERE person_id = 'p'`, 1, true],
  [`UPDATE person SET title = 'engineer' WHERE person_id = 'p'`, 1, true],
  [`UPDATE person SET password_hash = 'x' WHERE person_id = 'p'`, 1, true],
  [`UPDATE person SET manager_id = 'm' WHERE person_id = 'p'`, 1, true],
  // nothing changes
  [`UPDATE person SET title = 'Engineer' WHERE person_id = 'p'`, 0, false],
  [`UPDATE person SET title = title, active = active, manager_id = manager_id`, 0, false],
  [`UPDATE person SET title = 'Director' WHERE person_id = 'm'`, 0, false],
  // somebody stamps: it counts as a change of the time, not of the content
  [`UPDATE person SET changed_at = '${past}' WHERE person_id = 'p'`, 0, true],
  [`UPDATE person SET title = 'D', changed_at = '${past}' WHERE person_id = 'p'`, 1, true],
  // rows that belong to the person
  ...children.flatMap((table): readonly VersionCase[] => [
    [`INSERT INTO ${table} (person_id, value, type) VALUES ('p', 'two', 'work')`, 1, false],
    [`INSERT INTO ${table} (person_id, value) VALUES ('p', 'two'), ('p', 'three')`, 2, false],
    [`INSERT INTO ${table} (person_id, value) VALUES ('m', 'two')`, 0, false],
    [`UPDATE ${table} SET value = 'other'`, 1, true],
    [`UPDATE ${table} SET value = 'ONE'`, 1, true],
    [`UPDATE ${table} SET type = NULL`, 1, true],
    [`UPDATE ${table} SET is_primary = ${yes}, display = 'x'`, 1, true],
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
export const teamCases: readonly VersionCase[] = [
  [`UPDATE team SET display_name = 'Crew' WHERE team_id = 't'`, 1, true],
  [`UPDATE team SET display_name = 'TEAM' WHERE team_id = 't'`, 1, true],
  [`UPDATE team SET external_id = 'x' WHERE team_id = 't'`, 1, true],
  [`UPDATE team SET display_name = 'Team' WHERE team_id = 't'`, 0, false],
  [`INSERT INTO team_member (team_id, person_id) VALUES ('t', 'm')`, 1, false],
  [`INSERT INTO team_member (team_id, person_id) VALUES ('c', 'm')`, 0, false],
  [`DELETE FROM team_member WHERE person_id = 'p'`, 1, true],
  [`DELETE FROM team_member`, 2, true],
  [`UPDATE team_member SET person_id = 'm' WHERE person_id = 'p'`, 1, true],
  [`UPDATE team_member SET person_id = person_id, child_id = child_id`, 0, false],
]

/** Every column that a client can write. */
const texts = [
  ...['external_id', 'identifier', 'case_exact', 'case_insensitive', 'uri', 'immutable', 'write_only', 'request_only'],
  ...['always_returned', 'part_text', 'unique_text', 'ext_text', 'ext_required'],
]

/** The same for test resource r. */
export const resourceCases = (yes: string): readonly VersionCase[] => [
  ...texts.flatMap((column): readonly VersionCase[] => [
    [`UPDATE test_resource SET ${column} = 'Other' WHERE test_resource_id = 'r'`, 1, true],
    [`UPDATE test_resource SET ${column} = ${column}`, 0, false],
  ]),
  ...['whole_number', 'part_number', 'ext_number'].map((column): VersionCase => [
    `UPDATE test_resource SET ${column} = 8 WHERE test_resource_id = 'r'`,
    1,
    true,
  ]),
  [`UPDATE test_resource SET flag = ${yes}, part_flag = ${yes} WHERE test_resource_id = 'r'`, 1, true],
  [`UPDATE test_resource SET moment = '2026-01-31 12:00:00' WHERE test_resource_id = 'r'`, 1, true],
  [`UPDATE test_resource SET bytes = 'x' WHERE test_resource_id = 'r'`, 1, true],
  [`UPDATE test_resource SET identifier = 'ONE' WHERE test_resource_id = 'r'`, 1, true],
  [`UPDATE test_resource SET whole_number = 7 WHERE test_resource_id = 'r'`, 0, false],
  [`UPDATE test_resource SET identifier = 'Three' WHERE test_resource_id = 's'`, 0, false],
  ...['test_resource_string', 'test_resource_value'].flatMap((table): readonly VersionCase[] => [
    [`INSERT INTO ${table} (test_resource_id, value) VALUES ('r', 'two')`, 1, false],
    [`INSERT INTO ${table} (test_resource_id, value) VALUES ('s', 'two')`, 0, false],
    [`UPDATE ${table} SET value = 'ONE'`, 1, true],
    [`UPDATE ${table} SET value = 'one'`, 0, false],
    [`UPDATE ${table} SET test_resource_id = 's'`, 1, true],
    [`DELETE FROM ${table}`, 1, true],
  ]),
  [`UPDATE test_resource_value SET type = 'home', is_primary = ${yes}`, 1, true],
]

/** Where deleting takes the references along by itself; elsewhere it is refused until they are gone. */
export const cascades: readonly VersionCase[] = [
  [`DELETE FROM person WHERE person_id = 'p'`, 1, true],
  [`DELETE FROM team WHERE team_id = 'c'`, 1, true],
]

/** What the schemas refuse. */
export const refusals: readonly (readonly [what: string, statement: string, reason: RegExp])[] = [
  ['a login in another case', `INSERT INTO person (person_id, user_name) VALUES ('n', 'ANNA')`, /unique|duplicate/i],
  ['a team name in another case', `INSERT INTO team (team_id, display_name) VALUES ('n', 'TEAM')`, /unique|duplicate/i],
  [
    'an identifier in another case',
    `INSERT INTO test_resource (test_resource_id, identifier, ext_required) VALUES ('n', 'ONE', 'x')`,
    /unique|duplicate/i,
  ],
  ['a unique text twice', `UPDATE test_resource SET unique_text = 'Text'`, /unique|duplicate/i],
  ['a member twice', `INSERT INTO team_member (team_id, person_id) VALUES ('t', 'p')`, /unique|duplicate/i],
  ['a nested team twice', `INSERT INTO team_member (team_id, child_id) VALUES ('t', 'c')`, /unique|duplicate/i],
  [
    'a member that is both',
    `INSERT INTO team_member (team_id, person_id, child_id) VALUES ('c', 'p', 't')`,
    /check|constraint/i,
  ],
  ['a member that is neither', `INSERT INTO team_member (team_id) VALUES ('c')`, /check|constraint/i],
  ['a member that does not exist', `INSERT INTO team_member (team_id, person_id) VALUES ('c', 'x')`, /foreign key/i],
  ['a manager who does not exist', `UPDATE person SET manager_id = 'x'`, /foreign key/i],
]
