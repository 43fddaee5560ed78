import { describe, expect, it } from 'vitest'
import { databaseOf, valueOf } from './fixture.ts'

const demo = databaseOf('demo.sql')

describe('the demonstration data', () => {
  it.each([
    ['people in scope', 'SELECT count(*) FROM EMP WHERE CO_NO = 1', 306],
    ['people of the sister company', 'SELECT count(*) FROM EMP WHERE CO_NO <> 1', 6],
    ['departments', 'SELECT count(*) FROM DEPT', 12],
    ['roles', 'SELECT count(*) FROM ROLE_DEF', 15],
    ['founders', `SELECT count(*) FROM EMP WHERE STAT = 'F'`, 2],
    [
      'people without a login in scope',
      `SELECT count(*) FROM EMP WHERE CO_NO = 1 AND coalesce(trim(LOGIN), '') = ''`,
      0,
    ],
    [
      'logins that two people share',
      'SELECT count(*) FROM (SELECT 1 FROM EMP GROUP BY lower(LOGIN) HAVING count(*) > 1)',
      0,
    ],
    ['memberships of nobody', 'SELECT count(*) FROM EMP_ROLE WHERE EMP_NO NOT IN (SELECT EMP_NO FROM EMP)', 0],
    ['letters for a state', `SELECT group_concat(STAT, '') FROM (SELECT DISTINCT STAT FROM EMP ORDER BY STAT)`, 'AFLS'],
    ['an empty role', 'SELECT count(*) FROM ROLE_DEF WHERE ROLE_ID NOT IN (SELECT ROLE_ID FROM EMP_ROLE)', 1],
  ])('holds %s', (_name, query, expected) => {
    expect(valueOf(demo, query)).toBe(expected)
  })

  it.each([
    ['a title of blanks', `SELECT count(*) FROM EMP WHERE JOB_TITLE <> '' AND trim(JOB_TITLE) = ''`],
    ['an empty title', `SELECT count(*) FROM EMP WHERE JOB_TITLE = ''`],
    ['a name with trailing spaces', 'SELECT count(*) FROM EMP WHERE LNAME <> rtrim(LNAME)'],
    ['a person without department', 'SELECT count(*) FROM EMP WHERE CO_NO = 1 AND DEPT_NO IS NULL'],
    ['a department that is gone', 'SELECT count(*) FROM EMP WHERE DEPT_NO NOT IN (SELECT DEPT_NO FROM DEPT)'],
    ['a manager who is gone', 'SELECT count(*) FROM EMP WHERE MGR_NO NOT IN (SELECT EMP_NO FROM EMP)'],
    [
      'two work addresses',
      `SELECT count(*) FROM (SELECT 1 FROM EMP_EMAIL WHERE KIND = 'W' GROUP BY EMP_NO HAVING count(*) > 1)`,
    ],
    ['a kind of address that nobody knows', `SELECT count(*) FROM EMP_EMAIL WHERE KIND NOT IN ('W', 'P', 'O')`],
    [
      'an employee without a row of contacts',
      'SELECT count(*) FROM EMP WHERE CO_NO = 1 AND EMP_NO NOT IN (SELECT EMP_NO FROM EMP_CONTACT)',
    ],
  ])('is as dirty as real data: %s', (_name, query) => {
    expect(valueOf(demo, query)).toBeGreaterThan(0)
  })

  it('holds composed and combining accents', () => {
    const names = demo
      .prepare('SELECT FNAME, LNAME FROM EMP WHERE CO_NO = 1')
      .all()
      .map((row) => Object.values(row).join(' '))
    expect(names.filter((name) => name.normalize('NFC') !== name)).toHaveLength(5)
    expect(names.filter((name) => !/^\p{ASCII}*$/u.test(name)).length).toBeGreaterThan(100)
  })

  it('writes the history when a state changes, and when somebody is hired', () => {
    const database = databaseOf('demo.sql')
    database.exec(`UPDATE EMP SET STAT = 'S' WHERE EMP_NO = 1020; UPDATE EMP SET STAT = 'S' WHERE EMP_NO = 1020;
      INSERT INTO EMP (CO_NO, LOGIN, LNAME, CRE_DT) VALUES (1, 'new', 'New', '20260101')`)
    const written = database
      .prepare('SELECT EMP_NO, OLD_STAT, NEW_STAT FROM EMP_STAT_HIST ORDER BY HIST_ID DESC LIMIT 2')
      .all()
    expect(written.map((row) => Object.values(row))).toEqual([
      [valueOf(database, 'SELECT max(EMP_NO) FROM EMP'), null, 'A'],
      [1020, 'A', 'S'],
    ])
  })
})
