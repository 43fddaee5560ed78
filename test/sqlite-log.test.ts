import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expand, matches, record } from './sqlite-log.ts'
import type { Recorder } from './sqlite-log.ts'

let database: DatabaseSync
let recorder: Recorder
beforeEach(() => {
  database = new DatabaseSync(':memory:')
  database.exec(`
    CREATE TABLE a (x PRIMARY KEY, y REFERENCES a (x) ON DELETE CASCADE);
    CREATE TABLE history (x);
    CREATE TRIGGER note AFTER INSERT ON a BEGIN INSERT INTO history VALUES (NEW.x); UPDATE history SET x = x; END`)
  recorder = record((one) => one === database)
})
afterEach(() => {
  recorder.stop()
  database.close()
})

describe('the log of the database', () => {
  it.each<readonly [string, SQLInputValue]>([
    ['text', "o'neil ? \"x\" 'y'"],
    ['other scripts', 'Ґанна'],
    ['nothing', null],
    ['an integer', 5n],
    ['a negative one', -5n],
    ['a fraction', 1.5],
    ['bytes', new Uint8Array([0, 255])],
  ])('shows %s as it is expanded here', (_, value) => {
    const text = 'SELECT ? AS "?", \'?\' FROM a WHERE x = ?'
    database.prepare(text).all(value, value)
    expect(recorder.log).toEqual([expand({ text, params: [value, value] })])
  })

  it('takes any literal for a value that only the run knows, and nothing else', () => {
    const open = matches(expand({ text: 'SELECT ?, ?', params: [{ unknown: 'now' }, 1] }))
    for (const value of ["'x'", "'o''neil, 1'", '17', '-1.5', 'NULL']) expect(`SELECT ${value}, 1`).toMatch(open)
    for (const text of ["SELECT 'x', 'y', 1", 'SELECT x, 1', "SELECT 'x', 2"]) expect(text).not.toMatch(open)
  })

  it('tells what was asked, not what triggers and foreign keys run inside it', () => {
    database.exec('INSERT INTO a VALUES (1, NULL)')
    database.exec('INSERT INTO a VALUES (2, 1)')
    database.exec('DELETE FROM a WHERE x = 1')
    expect(recorder.log).toEqual([
      'INSERT INTO a VALUES (1, NULL)',
      'INSERT INTO a VALUES (2, 1)',
      'DELETE FROM a WHERE x = 1',
    ])
    expect(database.prepare('SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM history)').get()).toEqual({
      '(SELECT count(*) FROM a)': 0,
      '(SELECT count(*) FROM history)': 2,
    })
  })
})
