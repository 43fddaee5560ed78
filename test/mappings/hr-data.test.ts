import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SqlClient } from '../servers/client.ts'
import type { Database } from '../servers/fresh-database.ts'
import { describeServer } from '../servers/with-server.ts'
import { folder } from './fixture.ts'

/** [what, a count that must be above 0] */
type Dirt = readonly (readonly [what: string, query: string])[]

const kinds = {
  mariadb: {
    script: 'hr-mysql.sql',
    dirt: [
      ['a date that is none', `SELECT count(*) AS n FROM employee WHERE hired = '0000-00-00'`],
      ['a moment that is none', `SELECT count(*) AS n FROM party WHERE created = '0000-00-00 00:00:00'`],
      ['the word of an ENUM that nobody knew', `SELECT count(*) AS n FROM employee WHERE status = ''`],
      ['a flag that is neither 0 nor 1', `SELECT count(*) AS n FROM employee WHERE is_medic = 2`],
      ['a number that no JSON number holds', `SELECT count(*) AS n FROM employee WHERE seafarer_no > 9007199254740991`],
      ['call signs that differ by case', `SELECT count(*) - count(DISTINCT lower(call_sign)) AS n FROM employee`],
      ['logins in mixed case', `SELECT count(*) AS n FROM account WHERE login <> login_lower`],
      [
        'a login beyond ASCII',
        `SELECT count(*) AS n FROM account WHERE length(login) <> length(convert(login USING utf8mb4))`,
      ],
      ['blanks at the end of a name', `SELECT count(*) AS n FROM employee WHERE given_name LIKE '% '`],
      ['an empty name', `SELECT count(*) AS n FROM employee WHERE given_name LIKE ''`],
      ['an apostrophe', `SELECT count(*) AS n FROM employee WHERE family_name LIKE '%''%'`],
      ['a name that became question marks', `SELECT count(*) AS n FROM employee WHERE family_name LIKE '?%'`],
      [
        'a department that is gone',
        'SELECT count(*) AS n FROM employee WHERE dept_id NOT IN (SELECT dept_id FROM department)',
      ],
      [
        'a superior who is gone',
        'SELECT count(*) AS n FROM employee e LEFT JOIN employee b ON b.badge_no = e.boss_badge WHERE e.boss_badge IS NOT NULL AND b.emp_id IS NULL',
      ],
      [
        'two main addresses',
        'SELECT count(*) AS n FROM (SELECT 1 FROM employee_email WHERE is_main = 1 GROUP BY emp_id HAVING count(*) > 1) x',
      ],
      ['somebody deleted', 'SELECT count(*) AS n FROM employee WHERE deleted = 1'],
      ['a machine', `SELECT count(*) AS n FROM employee WHERE category = 'machine'`],
      ['somebody outside', `SELECT count(*) AS n FROM employee WHERE category = 'visitor'`],
      ['a role of another company', `SELECT count(*) AS n FROM role WHERE company <> 'BF'`],
      [
        'a table without transactions',
        `SELECT count(*) AS n FROM information_schema.tables WHERE table_schema = database() AND engine = 'MyISAM'`,
      ],
    ] as Dirt,
    charsets: 'ascii latin1 utf8mb3 utf8mb4',
    writes: [
      `UPDATE employee SET status = 'suspended', dept_id = 3 WHERE emp_id = 12`,
      `UPDATE employee SET status = 'suspended', dept_id = 3 WHERE emp_id = 12`,
      `UPDATE account SET login = 'aase' WHERE emp_id = 12`,
      `UPDATE account SET locked = locked WHERE emp_id = 12`,
      `DELETE FROM role_holder WHERE emp_id = 12 AND role_id = 4`,
      `INSERT INTO role_holder (company, role_id, emp_id, granted_by, granted_at) VALUES ('BF', 3, 12, 'x', '2026-01-01')`,
    ],
    history: `SELECT what, old_value, new_value FROM employee_history WHERE emp_id = 12 ORDER BY hist_id`,
    written: [
      ['status', 'active', 'suspended'],
      ['department', '2', '3'],
      ['login', 'åsørensen', 'aase'],
      ['role', 'BF 4', null],
      ['role', null, 'BF 3'],
    ],
    report: `SELECT family_name FROM muster_list ORDER BY family_name`,
    reported: ['Hansen', 'Hansen', 'Haugen', "O'Grady", 'Sørensen'],
  },
  postgres: {
    script: 'hr-postgres.sql',
    dirt: [
      ['a date beyond all dates', `SELECT count(*) AS n FROM staff.employee WHERE hired = '-infinity'`],
      [
        'a number that no JSON number holds',
        `SELECT count(*) AS n FROM staff.employee WHERE pilot_no > 9007199254740991`,
      ],
      ['a badge that is padded', `SELECT count(*) AS n FROM staff.employee WHERE octet_length(badge) > length(badge)`],
      ['logins in mixed case', `SELECT count(*) AS n FROM staff."user" WHERE login <> login_lower`],
      [
        'the same name composed and decomposed',
        `SELECT count(*) AS n FROM staff.person WHERE family_name <> normalize(family_name)`,
      ],
      ['an emoji', `SELECT count(*) AS n FROM staff.person WHERE family_name LIKE '%🐦%'`],
      ['blanks at the end of a name', `SELECT count(*) AS n FROM staff.person WHERE given_name LIKE '% '`],
      ['an empty name', `SELECT count(*) AS n FROM staff.person WHERE given_name = ''`],
      ['an apostrophe', `SELECT count(*) AS n FROM staff.person WHERE family_name LIKE '%''%'`],
      [
        'a superior who is gone',
        'SELECT count(*) AS n FROM staff.employee e LEFT JOIN staff.employee b ON b.badge = e.boss_badge WHERE e.boss_badge IS NOT NULL AND b.person_id IS NULL',
      ],
      [
        'two main addresses',
        'SELECT count(*) AS n FROM (SELECT 1 FROM staff.email WHERE "isMain" GROUP BY person_id HAVING count(*) > 1) x',
      ],
      ['a flag that is neither', `SELECT count(*) AS n FROM staff.employee WHERE on_duty IS NULL`],
      ['somebody deleted', 'SELECT count(*) AS n FROM staff.employee WHERE erased_at IS NOT NULL'],
      ['a machine', `SELECT count(*) AS n FROM staff.employee WHERE origin = 'system'`],
      ['somebody of another site', `SELECT count(*) AS n FROM staff.employee WHERE site = 2`],
      ['somebody outside', `SELECT count(*) AS n FROM staff.employee WHERE origin = 'visitor'`],
    ] as Dirt,
    charsets: undefined,
    writes: [
      `UPDATE staff.employee SET state = 'suspended', dept_no = 20 WHERE person_id = 112`,
      `UPDATE staff.employee SET state = 'suspended', dept_no = 20 WHERE person_id = 112`,
      `UPDATE staff."user" SET login = 'bjorn', login_lower = 'bjorn' WHERE person_id = 112`,
      `UPDATE staff."user" SET locked = locked WHERE person_id = 112`,
      `DELETE FROM staff.team_member WHERE person_id = 112`,
    ],
    history: `SELECT what, before::text, after::text FROM staff.history WHERE person_id = 112 ORDER BY history_id`,
    written: [
      ['dept_no', '30', '20'],
      ['state', '"active"', '"suspended"'],
      ['login', '"Ångström"', '"bjorn"'],
      ['team', '"0b5c7d4e-1a2f-4c3b-8d9e-000000000002"', null],
    ],
    report: `SELECT family_name FROM staff.duty_roster ORDER BY family_name COLLATE "C"`,
    reported: ["O'Neill", 'Yıldız', 'Álvarez', 'Ångström', 'Álvarez'.normalize('NFD')],
  },
} as const

for (const kind of ['mariadb', 'postgres'] as const) {
  const { script, dirt, charsets, writes, history, written, report, reported } = kinds[kind]
  await describeServer(kind, `the data of ${script}`, (server) => {
    let database: Database
    let client: SqlClient
    beforeAll(async () => {
      // whatever the database was made with, the script says itself what it needs
      const as = kind === 'mariadb' ? 'CHARACTER SET latin1' : `TEMPLATE template0 LOCALE 'C'`
      database = await server.freshDatabase({ script: resolve(folder, script), name: 'hr', as })
      client = database.client('app')
    })
    afterAll(async () => {
      await client.close()
      await database.drop()
    })

    it.each(dirt)('holds %s', async (_what, query) => {
      const [row] = await client.sql(query)
      expect(Number(row?.['n'])).toBeGreaterThan(0)
    })

    if (charsets !== undefined)
      it('has text in many character sets', async () => {
        const rows = await client.sql<{ name: string }>(
          `SELECT DISTINCT character_set_name AS name FROM information_schema.columns
           WHERE table_schema = database() AND character_set_name IS NOT NULL ORDER BY 1`,
        )
        // MariaDB 10.5 and MySQL before 8.0.29 call the set of three bytes utf8
        expect(rows.map(({ name }) => (name === 'utf8' ? 'utf8mb3' : name)).join(' ')).toBe(charsets)
      })

    it('prints the report', async () => {
      const rows = await client.sql<{ family_name: string }>(report)
      const names = rows.map((row) => row.family_name)
      expect([...names].sort()).toEqual([...reported].sort())
    })

    describe('the history', () => {
      it('tells what changed, once, and nothing else', async () => {
        await client.sql('BEGIN')
        for (const statement of writes) await client.sql(statement)
        const rows = await client.sql(history)
        await client.sql('ROLLBACK')
        expect(rows.map((row) => Object.values(row))).toEqual(written)
      })
    })
  })
}
