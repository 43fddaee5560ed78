import { describe, expect, it } from 'vitest'
import { problemsOf, userFile, userOf } from './compiled.ts'

const line = (said: string): string => `enterprise.manager: { reference: User, slot: boss, match: ${said} }`
const also = [
  'externalId: { store: side }',
  'name.familyName: family',
  'displayName: { template: "{userName} {name.familyName}" }',
  'password: { slot: pw, codec: ssha512, access: writeOnly }',
  'active: { slot: on, codec: boolean }',
  'nickName: { slot: nick, codec: ascii }',
  'emails[type eq "work"].value: mail',
  'emails[type eq "home"].value: home',
  'enterprise.employeeNumber: badge',
].join('\n')
const matchOf = (said: string): readonly string[] => {
  const found = userOf(`${also}\n${line(said)}`).attributes.find(({ of }) => of.attribute.name === 'manager')
  return found?.kind === 'reference' ? found.reference.match : []
}
const problems = (said: string): readonly string[] => problemsOf(userFile(`${also}\n${line(said)}`))
const urn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

describe('by what a reference is matched', () => {
  it.each([
    ['[id]', ['id']],
    ['[id, userName, emails.value, externalId]', ['id', 'userName', 'emails.value', 'externalId']],
    ['[enterprise.employeeNumber, id]', [`${urn}:employeeNumber`, 'id']],
    ['[id, name.familyName]', ['id', 'name.familyName']],
  ])('is read in its order: %s', (said, expected) => expect(matchOf(said)).toEqual(expected))

  it('is the id when nothing is said', () => {
    const found = userOf('enterprise.manager: { reference: User, slot: boss }').attributes.at(-1)
    expect(found?.kind === 'reference' && found.reference.match).toEqual(['id'])
  })

  it.each([
    ['[userName]', '19:58: a client sends back what it was shown, which is the id (match: [id, userName])'],
    ['[id, id]', '19:70: id is there twice'],
    ['[id, usrName]', '19:70: no SCIM attribute "usrName" (did you mean "userName"?)'],
    ['[id, emails]', '19:70: emails is no single value (emails.value covers every element)'],
    ['[id, emails.type]', '19:70: emails.type is no single value (emails.value covers every element)'],
    [
      '[id, \'emails[type eq "work"].value\']',
      '19:70: emails[type eq "work"].value is no single value (emails.value covers every element)',
    ],
    ['[id, name]', '19:70: name is no single value'],
    ['[id, active]', '19:70: active is no text, and what a client sends for a reference is'],
    [
      '[id, title]',
      '19:70: a User of this file has no title (it has userName, externalId, name, displayName, password, active, nickName, emails.value)',
    ],
    ['[id, password]', '19:70: password is never shown, so nobody is found by it'],
    [
      '[id, displayName]',
      '19:70: nobody can be searched for by displayName: its codec or template only reads (match takes attributes whose filter eq the application answers itself)',
    ],
  ])('cannot be %s', (said, problem) => expect(problems(said)).toEqual([problem]))

  it.each([
    [
      'on a list',
      'Group',
      'members: { reference: User, through: { table: gm, from: g, to: u }, match: [id, userName] }',
      'members takes ids: it has many values (match belongs to a reference with one value)',
    ],
    [
      'on a computed side',
      'User',
      'groups: { reverse: Group.members, match: [id] }',
      'match belongs to a reference that is written',
    ],
    [
      'on what is no reference',
      'User',
      'title: { slot: t, match: [id] }',
      'match belongs to a reference (say reference: User)',
    ],
  ])('is refused %s', (_, type, said, problem) => {
    const more = type === 'User' ? said : ''
    const members = type === 'Group' ? said : 'members: { reference: User, through: { table: gm, from: g, to: u } }'
    const rest = `  Group:\n    table: { name: g, key: id }\n    id: { prefix: g-, column: id }\n    onDelete: delete\n    attributes:\n      displayName: n\n      ${members}\n`
    expect(problemsOf(userFile(more, undefined, rest)).map((text) => text.replace(/^\d+:\d+: /, ''))).toEqual([problem])
  })
})

describe('what becomes of a value that nobody has', () => {
  const reference = (said: string) => {
    const found = userOf(`enterprise.manager: { reference: User, slot: boss${said} }`).attributes.at(-1)
    return found?.kind === 'reference' ? found.reference : undefined
  }

  it.each([
    ['', 'refuse', undefined],
    [', onUnknown: ignore', 'ignore', undefined],
    [', onUnknown: keep', 'keep', { key: `kept:User.${urn}:manager`, many: false, at: { kind: 'side' } }],
  ])('is said by "%s"', (said, onUnknown, aside) => {
    expect(reference(said)).toMatchObject({ onUnknown, match: ['id'] })
    expect(reference(said)?.aside).toEqual(aside)
  })

  it('is not kept for a list', () => {
    const rest = `  Group:
    table: { name: g, key: id }
    id: { prefix: g-, column: id }
    onDelete: delete
    attributes:
      displayName: n
      members: { reference: User, through: { table: gm, from: g, to: u }, onUnknown: keep }
`
    expect(problemsOf(userFile('', undefined, rest)).map((text) => text.replace(/^\d+:/, ''))).toEqual([
      '75: members has many values, and one is kept (onUnknown: refuse or ignore)',
    ])
  })
})
