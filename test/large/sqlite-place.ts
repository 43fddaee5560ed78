import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Place } from './place.ts'

const schema = `
CREATE TABLE person (
  id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE COLLATE NOCASE, family TEXT, shown TEXT, title TEXT, enabled INTEGER, mail TEXT
);
CREATE TABLE team (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE team_member (
  team_id INTEGER NOT NULL REFERENCES team (id), person_id INTEGER REFERENCES person (id), child_id INTEGER REFERENCES team (id),
  UNIQUE (team_id, person_id), UNIQUE (team_id, child_id)
);
CREATE INDEX member_person ON team_member (person_id);
CREATE INDEX member_child ON team_member (child_id);
INSERT INTO team (id, name) VALUES (1, 'Everybody'), (2, 'Ten'), (3, 'Nobody');`

export const sqlitePlace: Place = {
  name: 'SQLite',
  seed: async (count) => {
    const folder = mkdtempSync(join(tmpdir(), 'scim-bridge-large-'))
    const file = join(folder, 'large.db')
    const database = new DatabaseSync(file)
    database.exec(schema)
    database.exec('BEGIN')
    const person = database.prepare(
      'INSERT INTO person (id, login, family, shown, title, enabled, mail) VALUES (?, ?, ?, ?, ?, 1, ?)',
    )
    const member = database.prepare('INSERT INTO team_member (team_id, person_id, child_id) VALUES (?, ?, ?)')
    for (let i = 1; i <= count; i++) {
      person.run(
        i,
        `p${i}`,
        `Family ${i % 977}`,
        `Person ${i}`,
        i % 3 === 0 ? null : `Title ${i % 50}`,
        `p${i}@example.com`,
      )
      member.run(1, i, null)
      if (i <= 10) member.run(2, i, null)
    }
    member.run(1, null, 2)
    database.exec('COMMIT')
    database.close()
    return {
      mapping: join(import.meta.dirname, 'large.yaml'),
      env: { LARGE_DB: file },
      everybody: '/Groups/g1',
      close: async () => rmSync(folder, { recursive: true, force: true }),
    }
  },
}
