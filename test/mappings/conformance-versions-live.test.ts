import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SqlClient } from '../servers/client.ts'
import type { Database } from '../servers/fresh-database.ts'
import { describeServer } from '../servers/with-server.ts'
import { folder } from './fixture.ts'
import { cascades, people, personCases, refusals, resourceCases, teamCases } from './version-cases.ts'
import type { VersionCase } from './version-cases.ts'

interface Kept {
  readonly rev: number
  readonly created_at: string
  readonly changed_at: string
}

const birth = '2020-02-28 23:59:59.999'
const stamp = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,3})?(\+00)?$/

/** Moments as text sort as moments once the fraction has three digits. */
const three = (text: string): string =>
  text
    .replace('+00', '')
    .replace(/^([^.]*)$/, '$1.')
    .padEnd(23, '0')

/** What the servers differ in. */
const kinds = {
  mariadb: {
    script: 'conformance-mysql.sql',
    people: people(birth),
    persons: personCases('1', '2020-01-01 00:00:00'),
    resources: resourceCases('1'),
    teams: teamCases,
    // InnoDB's cascades fire no triggers, so the references must go first
    refused: [
      ...refusals,
      ['the end of a member', `DELETE FROM person WHERE person_id = 'p'`, /foreign key/i],
      ['the end of a nested team', `DELETE FROM team WHERE team_id = 'c'`, /foreign key/i],
    ] as const,
  },
  postgres: {
    script: 'conformance-postgres.sql',
    people: people(birth),
    persons: [
      ...personCases('true', '2020-01-01 00:00:00'),
      [`UPDATE person SET changed_at = changed_at WHERE person_id = 'p'`, 0, true],
    ] as readonly VersionCase[],
    resources: resourceCases('true'),
    teams: [...teamCases, ...cascades],
    refused: refusals,
  },
} as const

for (const kind of ['mariadb', 'postgres'] as const) {
  const { script, people: filling, persons, resources, teams, refused } = kinds[kind]
  await describeServer(kind, `the version that ${script} keeps`, (server) => {
    let database: Database
    let client: SqlClient
    beforeAll(async () => {
      database = await server.freshDatabase({ script: resolve(folder, script), sql: filling, name: 'versions' })
      client = database.client('app')
    })
    afterAll(async () => {
      await client.close()
      await database.drop()
    })

    const kept = async (table: string, id: string): Promise<Kept> => {
      const [row] = await client.sql<Kept>(
        `SELECT rev, created_at, changed_at FROM ${table} WHERE ${table}_id = '${id}'`,
      )
      if (row === undefined) throw new Error(`no ${table} ${id}`)
      return { rev: Number(row.rev), created_at: three(row.created_at), changed_at: three(row.changed_at) }
    }
    /** Everything is undone afterwards. */
    const undone = async (work: () => Promise<void>): Promise<void> => {
      await client.sql('BEGIN')
      try {
        await work()
      } finally {
        await client.sql('ROLLBACK')
      }
    }
    const look = (table: string, id: string) => (statement: string, revisions: number, isStamped: boolean) =>
      undone(async () => {
        const before = await kept(table, id)
        await client.sql(statement)
        const after = await kept(table, id)
        expect(after.rev - before.rev).toBe(revisions)
        expect(after.created_at).toBe(before.created_at)
        if (isStamped) expect(after.changed_at > before.changed_at).toBe(true)
        else expect(after.changed_at).toBe(before.changed_at)
      })

    it.each(persons)('person: %s', look('person', 'p'))
    it.each(teams)('team: %s', look('team', 't'))
    it.each(resources)('test resource: %s', look('test_resource', 'r'))

    it('writes times to the millisecond, in UTC', async () => {
      const [row] = await client.sql<Kept>(`SELECT created_at, changed_at FROM person WHERE person_id = 'p'`)
      expect(row?.created_at).toMatch(stamp)
      await undone(async () => {
        const now = Date.now()
        await client.sql(`INSERT INTO person (person_id, user_name) VALUES ('n', 'new')`)
        const { changed_at } = await kept('person', 'n')
        expect(Math.abs(Date.parse(`${changed_at.replace(' ', 'T')}Z`) - now)).toBeLessThan(5000)
      })
    })

    it('counts a row that moves for both of its people', () =>
      undone(async () => {
        await client.sql(`UPDATE person_email SET person_id = 'm'`)
        expect([(await kept('person', 'p')).rev, (await kept('person', 'm')).rev]).toEqual([101, 101])
      }))

    it('moves a person whose manager is taken away', () =>
      undone(async () => {
        await client.sql(`UPDATE person SET manager_id = 'm' WHERE person_id = 'p'`)
        if (kind === 'mariadb') await client.sql(`UPDATE person SET manager_id = NULL WHERE manager_id = 'm'`)
        await client.sql(`DELETE FROM person WHERE person_id = 'm'`)
        expect((await kept('person', 'p')).rev).toBe(102)
      }))

    it('grows by a millisecond when the clock does not get there', () =>
      undone(async () => {
        await client.sql(`UPDATE person SET changed_at = '2099-12-31 23:59:59.990' WHERE person_id = 'p'`)
        for (let i = 0; i < 15; i++) await client.sql(`UPDATE person SET title = 'Title ${i}' WHERE person_id = 'p'`)
        expect((await kept('person', 'p')).changed_at).toBe('2100-01-01 00:00:00.005')
      }))

    it('keeps a stamp that the writer gives, as long as it is later', () =>
      undone(async () => {
        await client.sql(`UPDATE person SET title = 'D', changed_at = '2098-01-01' WHERE person_id = 'p'`)
        expect(await kept('person', 'p')).toMatchObject({ rev: 101, changed_at: '2098-01-01 00:00:00.000' })
      }))

    describe('a creation', () => {
      it.each([
        ['by the defaults', ''],
        ['with a stamp from a clock that is behind', '2021-01-01'],
        ['with a stamp from a clock that is ahead', '2098-01-01'],
      ])('leaves lastModified at created, %s (RFC 7643 section 3.1)', (_name, changed) =>
        undone(async () => {
          await client.sql(
            changed === ''
              ? `INSERT INTO person (person_id, user_name) VALUES ('n', 'new')`
              : `INSERT INTO person (person_id, user_name, changed_at) VALUES ('n', 'new', '${changed}')`,
          )
          await client.sql(`INSERT INTO person_email (person_id, value) VALUES ('n', 'a@example.com')`)
          await client.sql(`INSERT INTO person_phone (person_id, value) VALUES ('n', '+1')`)
          const { created_at, changed_at } = await kept('person', 'n')
          expect(changed_at).toBe(created_at)
        }),
      )

      it('keeps the history of people who are imported', () =>
        undone(async () => {
          await client.sql(`INSERT INTO person (person_id, user_name, created_at, changed_at)
            VALUES ('n', 'new', '2001-01-01', '2002-01-01')`)
          expect(await kept('person', 'n')).toMatchObject({
            created_at: '2001-01-01 00:00:00.000',
            changed_at: '2002-01-01 00:00:00.000',
          })
        }))

      it.each(refused)('is refused for %s', (_name, statement, reason) =>
        undone(async () => {
          await expect(client.sql(statement)).rejects.toThrow(reason)
        }),
      )

      // what the index holds for different, SCIM must as well: the reverse would refuse people for no reason
      it.each([
        ['an accent', 'José', 'Jose'],
        ['a blank at the end', 'rolf', 'rolf '],
        ['ß and ss', 'groß', 'gross'],
        ['a dotted capital I', 'İlker', 'ilker'],
        ['a dotless i', 'ılker', 'ilker'],
        ['an emoji', 'a😀', 'a😁'],
        ['wide letters', 'ａｂｃ', 'abc'],
      ])('lets two people differ by %s', (_name, one, other) =>
        undone(async () => {
          await client.sql(`INSERT INTO person (person_id, user_name) VALUES ('1', '${one}'), ('2', '${other}')`)
          await client.sql(`INSERT INTO team (team_id, display_name) VALUES ('1', '${one}'), ('2', '${other}')`)
          const [row] = await client.sql(`SELECT count(*) AS n FROM person WHERE person_id IN ('1', '2')`)
          expect(Number(row?.['n'])).toBe(2)
        }),
      )
    })
  })
}
