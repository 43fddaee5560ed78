import { describe, expect, it } from 'vitest'
import { equalTo } from '../../../src/mapping/scope.ts'
import { sqlBackend } from '../../../src/backends/sql/backend.ts'
import { catalog, field, folder, leaf, mapping, rowsOf, single } from './fixture.ts'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'

const mails = { key: 'mails', table: 'mail', foreignKey: ['person_id'], where: equalTo({}), rowKey: undefined }
const login = single('userName', field('login'))
const person = {
  ...mapping('User', { name: 'person', key: ['id'] }, [
    login,
    rowsOf('emails', mails, [leaf('emails.value', field('a'))]),
  ]),
  unique: [login.of],
}

async function adviceOn(script: string): Promise<readonly string[]> {
  const here = folder()
  const db = new DatabaseSync(join(here.path, 'a.db'))
  db.exec(script)
  db.close()
  const store = await sqlBackend(here.path).open(catalog([person], { file: 'a.db' }))
  const { advice } = store
  await store.close()
  here.remove()
  return advice
}
const tables =
  'CREATE TABLE person (id INTEGER PRIMARY KEY, login TEXT); CREATE TABLE mail (person_id INTEGER, a TEXT);'

describe('advice about indexes', () => {
  it('names the column, what looks for it, and the statement', async () => {
    expect(await adviceOn(tables)).toEqual([
      'person.login has no index for lookups by userName: CREATE INDEX "person_login_scim" ON "person" ("login" COLLATE NOCASE)',
      'mail.person_id has no index for emails: CREATE INDEX "mail_person_id_scim" ON "mail" ("person_id")',
    ])
  })

  it('is silent once they are there', async () => {
    const made = (await adviceOn(tables)).map((one) => one.slice(one.indexOf('CREATE')))
    expect(await adviceOn(`${tables} ${made.join('; ')}`)).toEqual([])
  })

  it('does not take an index of another comparison for one', async () => {
    const found = await adviceOn(
      `${tables} CREATE UNIQUE INDEX u ON person (login); CREATE INDEX m ON mail (a, person_id);`,
    )
    expect(found.map((one) => one.split(' ')[0])).toEqual(['person.login', 'mail.person_id'])
  })
})
