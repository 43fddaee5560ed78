import { describe, expect, it } from 'vitest'
import { run } from '../../../src/backends/sql/run.ts'
import { sqliteDriver } from '../../../src/backends/sql/drivers/sqlite.ts'
import { offlineDatabase } from '../../../src/backends/sql/database.ts'
import { sqlite } from '../../../src/backends/sql/dialects/sqlite.ts'
import type { Steps } from '../../../src/backends/sql/program.ts'
import { nothing } from '../../../src/backends/sql/program.ts'
import type { RowsSource } from '../../../src/mapping/slot.ts'
import { catalog, decision, field, leaf, mapping, rowsOf, stand, want } from './fixture.ts'
import { scimId } from '../../../src/base/brand.ts'
import { equalTo } from '../../../src/mapping/scope.ts'

const mails: RowsSource = {
  key: 'mails',
  table: 'mail',
  foreignKey: ['person_id'],
  where: equalTo({}),
  rowKey: 'mail_id',
}
const person = mapping('Person', { name: 'person', key: ['id'] }, [
  rowsOf('emails', mails, [leaf('emails.value', field('addr'))]),
])

describe('a program of many steps', () => {
  it('lets others have a turn, and can be given up meanwhile', async () => {
    // the driver is synchronous: each statement takes the whole process
    const pool = await sqliteDriver.open({ kind: 'sql', dialect: 'sqlite', file: ':memory:' }, '.')
    const text = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT sum(i) FROM n'
    function* steps(): Steps<number> {
      for (let i = 0; i < 5000; i++)
        yield {
          kind: 'statement',
          statement: { text, params: [] },
          writes: false,
          locks: false,
          note: undefined,
          assume: nothing,
        }
      return 1
    }
    const giveUp = new AbortController()
    setTimeout(() => giveUp.abort(), 50)
    const database = offlineDatabase(sqlite, catalog([person]))
    await expect(run({ database, pool }, 'read', steps, { signal: giveUp.signal })).rejects.toMatchObject({
      reason: 'timeout',
    })
    await pool.close()
  })

  it('removes many rows of one record by few statements', async () => {
    const s = await stand(
      `CREATE TABLE person (id INTEGER PRIMARY KEY);
       CREATE TABLE mail (mail_id INTEGER PRIMARY KEY, person_id INTEGER, addr TEXT);
       INSERT INTO person VALUES (1), (2);
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
       INSERT INTO mail (person_id, addr) SELECT 1 + (i % 10 = 0), 'a' || i FROM n;`,
      [person],
    )
    const outcome = await s.run(
      {
        kind: 'change',
        of: person,
        id: scimId('1'),
        prior: want([], [mails]),
        decide: (prior) => {
          const remove = (prior.rows['mails'] ?? []).filter((row) => Number(row.rowKey) > 3)
          return decision({ rows: [{ rows: mails, add: [], change: [], remove }] })
        },
        assign: [],
        answer: undefined,
      },
      { dry: true },
    )
    expect(outcome).toMatchObject({ kind: 'written', changed: true })
    expect(outcome.kind === 'written' && outcome.wouldRun?.length).toBe(3)
    expect(s.query('SELECT count(*) FROM mail')).toEqual([[500]])
    await s.close()
  })
})
