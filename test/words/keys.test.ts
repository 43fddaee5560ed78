import { afterEach, describe, expect, it } from 'vitest'
import { create, get, idOf, places, words } from './stand.ts'
import type { Words } from './stand.ts'

const mapping = (table: string): string => `
resources:
  User:
    table: { name: person, key: id, ${table} }
    id: id
    onDelete: delete
    attributes: { userName: login }
`
const on = (await places('keys that a default makes')).filter(({ kind }) => kind !== 'sqlite')
let w: Words | undefined
afterEach(async () => {
  await w?.close()
  w = undefined
})

/** A key that a default makes, and beside it a number that is no key. */
const schemas = {
  mariadb: `
CREATE TABLE account (nr INTEGER NOT NULL UNIQUE AUTO_INCREMENT, id CHAR(36) NOT NULL PRIMARY KEY DEFAULT (uuid()));
CREATE TABLE person (nr INTEGER NOT NULL UNIQUE AUTO_INCREMENT, id CHAR(36) NOT NULL PRIMARY KEY DEFAULT (uuid()), login TEXT);
`,
  postgres: `
CREATE TABLE account (nr INTEGER GENERATED ALWAYS AS IDENTITY, id UUID NOT NULL PRIMARY KEY DEFAULT gen_random_uuid());
CREATE TABLE person (nr INTEGER GENERATED ALWAYS AS IDENTITY, id UUID NOT NULL PRIMARY KEY DEFAULT gen_random_uuid(), login TEXT);
`,
  sqlite: '',
}
const first = 'with: [ { name: account, key: id, make: first } ]'

describe.each(on)('a key that a default makes on $name', (place) => {
  const made = async (table: string) => {
    w = await words(place, mapping(table), schemas[place.kind])
    const told = await w.alone(create('User', { userName: 'ada' }))
    expect(idOf(told)).toMatch(/^[0-9a-f-]{36}$/)
    expect((await w.alone(get('User', idOf(told)))).body).toMatchObject({ userName: 'ada' })
  }
  it.each([
    ['', 'person.id'],
    [first, 'account.id'],
  ])('is taken where an INSERT tells it, and refused at the start where not: %s', async (table, column) => {
    if (place.kind === 'postgres') return made(table)
    await expect(words(place, mapping(table), schemas.mariadb)).rejects.toThrow(
      `User: the database does not tell which ${column} it gave a new row`,
    )
  })

  it.each([
    'set: { create: { id: { generate: uuid } } }',
    `set: { create: { id: { generate: uuid } } }, ${first}`,
    'with: [ { name: account, key: id, make: first, set: { create: { id: { generate: uuid } } } } ]',
  ])('may be given: %s', made)
})
