import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../cli/process.ts'
import type { Database } from '../servers/fresh-database.ts'
import type { SqlServerKind } from '../servers/server.ts'
import { titles } from '../servers/server.ts'
import type { Server } from '../servers/with-server.ts'
import type { Place } from './place.ts'

/** What the tests of large lists and those of statements hold alike: the conformance mapping with very many people. */
export interface LivePeople {
  readonly database: Database
  readonly mapping: string
}

/** The ids of the groups, in their order. */
export const teams = {
  everybody: '10000000-0000-4000-8000-000000000000',
  ten: '20000000-0000-4000-8000-000000000000',
  nobody: '30000000-0000-4000-8000-000000000000',
} as const

const dialects = { mariadb: 'mysql', postgres: 'postgres' } as const

/** Ids without any order, as a bridge makes them. */
const ids = { mariadb: `MD5(i)`, postgres: `md5(i::text)` } as const
const uuid = (kind: SqlServerKind): string => {
  const part = (from: number, length: number): string => `SUBSTR(${ids[kind]}, ${from}, ${length})`
  return `CONCAT(${part(1, 8)}, '-', ${part(9, 4)}, '-4', ${part(13, 3)}, '-8', ${part(16, 3)}, '-', ${part(20, 12)})`
}

const numbers = {
  mariadb: (count: number) => `(SELECT seq AS i FROM seq_1_to_${count}) AS n`,
  postgres: (count: number) => `generate_series(1, ${count}) AS n(i)`,
} as const

const yes = { mariadb: '1', postgres: 'true' } as const

function seed(kind: SqlServerKind, count: number): string {
  const from = numbers[kind](count)
  const id = uuid(kind)
  return `
INSERT INTO person (person_id, user_name, external_id, family_name, display_name, title, active)
SELECT ${id}, CONCAT('p', i), CONCAT('x', i), CONCAT('Family ', i % 977), CONCAT('Person ', i),
  CASE WHEN i % 3 = 0 THEN NULL ELSE CONCAT('Title ', i % 50) END, ${yes[kind]} FROM ${from};
INSERT INTO person_email (person_id, value, type, is_primary)
SELECT ${id}, CONCAT('p', i, '@example.com'), 'work', ${yes[kind]} FROM ${from};
INSERT INTO person_email (person_id, value, type)
SELECT ${id}, CONCAT('p', i, '@example.org'), 'home' FROM ${numbers[kind](Math.ceil(count / 2))};
INSERT INTO team (team_id, display_name)
VALUES ('${teams.everybody}', 'Everybody'), ('${teams.ten}', 'Ten'), ('${teams.nobody}', 'Nobody');
INSERT INTO team_member (team_id, person_id) SELECT '${teams.everybody}', ${id} FROM ${from};
INSERT INTO team_member (team_id, person_id) SELECT '${teams.ten}', ${id} FROM ${numbers[kind](10)};
INSERT INTO team_member (team_id, child_id) VALUES ('${teams.everybody}', '${teams.ten}');`
}

/** What a server learns by itself after a while. */
const learn = {
  mariadb: 'ANALYZE TABLE person, person_email, team, team_member',
  postgres: 'ANALYZE',
} as const

/** Every row would be looked up in the tables that it points at. */
const unchecked = {
  mariadb: 'SET foreign_key_checks = 0;',
  postgres: 'SET session_replication_role = replica;',
} as const

/** Fills a fresh database. The triggers come last: each row would move its owner's version once more. */
export async function seedLive(server: Pick<Server, 'kind' | 'freshDatabase'>, count: number): Promise<LivePeople> {
  const { kind } = server
  const path = join(root, 'mappings', `conformance-${dialects[kind]}`)
  const [tables = '', ...rest] = readFileSync(`${path}.sql`, 'utf8').split(/^(?=CREATE (?:FUNCTION|TRIGGER) )/m)
  const database = await server.freshDatabase({ name: 'large', sql: tables })
  await database.client('admin').script(unchecked[kind] + seed(kind, count))
  await database.script(rest.join(''))
  await database.script(learn[kind])
  return { database, mapping: `${path}.yaml` }
}

export const livePlace = (server: Server): Place => ({
  name: titles[server.kind],
  seed: async (count) => {
    const { database, mapping } = await seedLive(server, count)
    return {
      mapping,
      env: { DATABASE_URL: database.url },
      everybody: `/Groups/${teams.everybody}`,
      close: () => database.drop(),
    }
  },
})
