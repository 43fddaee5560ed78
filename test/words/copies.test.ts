import { afterEach, describe, expect, it } from 'vitest'
import { ascii } from '../../src/mapping/codecs/ascii.ts'
import { problemsOf, userFile } from '../mapping/compiled.ts'
import { places, create, get, idOf, patch, replace, set, words } from './stand.ts'
import type { Words } from './stand.ts'

const mapping = `
resources:
  User:
    table: { name: person, key: id, with: [ { name: account, key: person_id } ] }
    id: id
    onDelete: delete
    derived:
      account.gecos: { template: "{name.givenName} {name.familyName}", codec: ascii }
      label: "{userName}: {emails.value}"
    attributes:
      userName: { slot: login, copies: [ { slot: login_lower, codec: lower }, { slot: account.sort, codec: [upper, ascii] } ] }
      name.givenName: given
      name.familyName: { slot: family, codec: trim }
      title: title
      password: { slot: pw, codec: plain, copies: [ { slot: pw_old, codec: { prefix: "old:" } } ] }
      emails:
        rows: { table: mail, foreignKey: person_id }
        value: { slot: address, copies: [ { slot: address_lower, codec: lower } ] }
        type: { slot: kind, default: work }
`
const schema = `
CREATE TABLE person (id NUMBERED, login TEXT NOT NULL, login_lower TEXT NOT NULL UNIQUE, given TEXT, family TEXT,
  label TEXT, title TEXT, pw TEXT, pw_old TEXT);
CREATE TABLE account (person_id INTEGER PRIMARY KEY REFERENCES person (id), sort TEXT, gecos TEXT NOT NULL);
CREATE TABLE mail (person_id INTEGER, address TEXT, address_lower TEXT, kind TEXT);
`
const on = await places('copies and derived')
let w: Words
afterEach(() => w.close())
const row = async () => (await w.query('SELECT login, login_lower, sort, gecos, label FROM person, account'))[0]
const jose = { userName: 'José', name: { givenName: 'José', familyName: 'Łuk' }, emails: [{ value: 'J@X' }] }

describe.each(on)('copies on $name', (place) => {
  it('are written with their source, by create, PATCH and PUT, and are not shown', async () => {
    w = await words(place, mapping, schema)
    const id = idOf(await w.ask(create('User', jose)))
    expect((await row())?.slice(0, 3)).toEqual(['José', 'josé', 'JOSE'])
    expect(await w.query('SELECT address, address_lower FROM mail')).toEqual([['J@X', 'j@x']])
    await w.ask(patch('User', id, set('userName', 'Ann'), set('emails', [{ value: 'A@Y', type: 'work' }])))
    expect((await row())?.slice(0, 3)).toEqual(['Ann', 'ann', 'ANN'])
    expect(await w.query('SELECT address, address_lower FROM mail')).toEqual([['A@Y', 'a@y']])
    await w.ask(replace('User', id, { userName: 'Bea', password: 'p' }))
    expect((await row())?.slice(0, 3)).toEqual(['Bea', 'bea', 'BEA'])
    expect(await w.query('SELECT pw, pw_old FROM person')).toEqual([['p', 'old:p']])
    expect(JSON.stringify((await w.ask(get('User', id))).body)).not.toMatch(/bea|BEA|old:/)
  })

  it('say the name of their source when the index over them speaks first', async () => {
    w = await words(place, mapping, schema)
    await w.alone(create('User', { userName: 'ann' }))
    await w.query(`UPDATE person SET login = 'other'`)
    expect((await w.alone(create('User', { userName: 'Ann' }))).refused).toMatch(/^conflict: .*userName/)
  })
})

describe.each(on)('derived on $name', (place) => {
  it('follows what it is made of, and nothing else', async () => {
    w = await words(place, mapping, schema)
    const id = idOf(await w.ask(create('User', jose)))
    expect((await row())?.slice(3)).toEqual(['Jose Luk', 'José: J@X'])
    await w.ask(patch('User', id, set('name.givenName', 'Zoë')))
    expect((await row())?.slice(3)).toEqual(['Zoe Luk', 'José: J@X'])
    await w.ask(patch('User', id, set('emails', [{ value: 'Z@X' }])))
    expect((await row())?.slice(3)).toEqual(['Zoe Luk', 'José: Z@X'])
    await w.query(`UPDATE account SET gecos = 'by hand'`)
    await w.ask(patch('User', id, set('title', 'Dr'), set('name.familyName', ' Łuk ')))
    await w.ask(patch('User', id, set('userName', 'Zoë')))
    expect((await row())?.slice(3)).toEqual(['by hand', 'Zoë: Z@X'])
    await w.ask(replace('User', id, { userName: 'Zoë', name: { givenName: 'Zoë' } }))
    expect((await row())?.slice(3)).toEqual(['Zoe', null])
  })

  it('is an empty text where nothing is there to make it of, and the column must hold something', async () => {
    w = await words(place, mapping, schema)
    const id = idOf(await w.ask(create('User', { userName: 'ann' })))
    expect((await row())?.slice(3)).toEqual(['', null])
    await w.ask(patch('User', id, set('name', { givenName: 'Ann' })))
    expect((await row())?.slice(3)).toEqual(['Ann', null])
    await w.ask(patch('User', id, { op: 'remove', path: 'name' }))
    expect((await row())?.slice(3)).toEqual(['', null])
  })

  it('is not touched by a write that changes nothing', async () => {
    w = await words(place, mapping, schema)
    const id = idOf(await w.ask(create('User', jose)))
    const log = await w.log(patch('User', id, set('name.familyName', 'Łuk'), set('userName', 'José')))
    expect(log.filter((text) => !text.startsWith('SELECT'))).toEqual([])
  })
})

it.each([
  ['José Łuk', 'Jose Luk'],
  ['Straße, Ærø', 'Strasse, AEro'],
  ['ﬁn — ’x’', "fin - 'x'"],
  ['Иван 😀', '???? ?'],
  ['a\nb', 'a?b'],
])('ascii: %j', (text, plain) => {
  w = { close: async () => undefined } as Words
  expect(ascii(text)).toBe(plain)
  expect(ascii(plain)).toBe(plain)
})

describe('what is said of copies and derived', () => {
  const derived = (said: string) => userFile('title: t\nuserType: { constant: X }', undefined, `    derived: ${said}`)
  it.each([
    [
      userFile('title: { slot: t, copies: [ { slot: login } ] }'),
      '10:7: title and userName both write login (access: readOnly or mirror: true on one of them)',
    ],
    [
      userFile('title: { store: side, copies: [ { slot: c } ] }'),
      '10:29: copies are made of one value in a column of the application (say slot: column)',
    ],
    [
      userFile('title: { slot: t, access: readOnly, copies: [ { slot: c } ] }'),
      '10:43: what is never written has no copies (leave access out)',
    ],
    [
      userFile('title: { slot: t, copies: [ { slot: c, codec: lowr } ] }'),
      '10:46: there is no codec "lowr", did you mean "lower"?',
    ],
    [
      userFile('password: { slot: t, codec: plain, copies: [ { slot: c, codec: pbkdf2 } ] }'),
      '10:63: password is too slow for this',
    ],
    [derived('{ g: "x" }'), '12:16: nothing in this template ever changes (table: { set: … } writes a constant)'],
    [derived('{ g: "{userType}" }'), '12:16: {userType} is not kept in a slot of its own (name what it is made of)'],
    [derived('{ g: "{nickName}" }'), '12:16: {nickName} is not kept in a slot of its own (name what it is made of)'],
    [derived('{ g: "{tilte}" }'), '12:16: no SCIM attribute "tilte" (did you mean "title"?)'],
    [derived('{ t: "{userName}" }'), '10:7: t is a constant (derived), so title cannot write it (access: readOnly)'],
  ])('%#', (text, problem) => {
    w = { close: async () => undefined } as Words
    expect(problemsOf(text)).toEqual([problem])
  })
})
