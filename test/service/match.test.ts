import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../src/base/json.ts'
import { isObject } from '../../src/base/json.ts'
import { scimId } from '../../src/base/brand.ts'
import { record } from '../sqlite-log.ts'
import { create, find, get, patch, remove, stand } from './stand.ts'
import type { Stand } from './stand.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const manager = `${enterprise}:manager`

const matched = (match: string, more = ''): ((text: string) => string) => {
  const line = `{ reference: User, slot: MGR_NO, match: ${match}${more} }`
  return (text) => text.replace('{ reference: User, slot: MGR_NO }', line)
}
const everything = '[id, userName, emails.value, externalId]'

let at: Stand
const open = async (mapping: (text: string) => string): Promise<void> => {
  at = await stand({ mapping })
}
afterEach(() => at.close())

const person = async (userName: string, more: JsonObject = {}): Promise<string> =>
  String((await at.body(create('User', { userName, ...more })))['id'])
const managerOf = async (id: string): Promise<Json | undefined> => {
  const extension = (await at.body(get('User', id)))[enterprise]
  const value = isObject(extension) ? extension['manager'] : undefined
  return isObject(value) ? value['value'] : undefined
}
const set = (id: string, value: Json, op = 'replace') => patch('User', id, { op, path: manager, value })
const replaced = (id: string, userName: string, more: JsonObject) => ({
  kind: 'replace' as const,
  type: 'User',
  id: scimId(id),
  body: { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName, name: { familyName: userName }, ...more },
  show: {},
})

/** Statements other than those that begin and end a transaction. */
async function statements(work: () => Promise<unknown>): Promise<readonly string[]> {
  const path = at.legacy.location()
  const recorder = record((database) => database.location() === path && database !== at.legacy)
  try {
    await work()
    return recorder.log.filter((text) => !/^(?:BEGIN|COMMIT|ROLLBACK)/.test(text))
  } finally {
    recorder.stop()
  }
}

describe('whom a client means', () => {
  let boss: string
  let worker: string
  beforeEach(async () => {
    await open(matched(everything))
    boss = await person('boss', {
      externalId: 'hr-1',
      emails: [
        { value: 'boss@example.com', type: 'work' },
        { value: 'b@example.org', type: 'home' },
      ],
    })
    worker = await person('worker')
  })

  it.each([
    ['the id', () => ({ value: boss })],
    ['the id as a string', () => boss],
    ['the userName', () => ({ value: 'boss' })],
    ['the userName in another case', () => ({ value: 'BOSS' })],
    ['the userName as a string', () => 'boss'],
    ['the userName in an array', () => [{ value: 'boss' }]],
    ['any of the addresses', () => ({ value: 'b@example.org' })],
    ['the externalId, which the bridge itself keeps', () => ({ value: 'hr-1' })],
    ['the location', () => ({ $ref: `http://bridge.example/v2/Users/${boss}` })],
    ['the location, relative', () => ({ $ref: `../Users/${boss}` })],
    ['value before $ref', () => ({ value: 'boss', $ref: '../Users/1' })],
  ])('is told by %s', async (_, value) => {
    await at.ask(set(worker, value()))
    expect(await managerOf(worker)).toBe(boss)
    await at.ask(patch('User', worker, { op: 'remove', path: manager }))
    expect(await managerOf(worker)).toBeUndefined()
    await at.ask(replaced(worker, 'worker', { [enterprise]: { manager: value() } }))
    expect(await managerOf(worker)).toBe(boss)
    const made = await person('another', { [enterprise]: { manager: value() } })
    expect(await managerOf(made)).toBe(boss)
  })

  it('is told by the part of the manager, too', async () => {
    await at.ask(patch('User', worker, { op: 'add', path: `${manager}.value`, value: 'boss' }))
    expect(await managerOf(worker)).toBe(boss)
  })

  it('is told in the order of the mapping: an id goes before a userName', async () => {
    const other = await person(boss)
    await at.ask(set(worker, boss))
    expect(await managerOf(worker)).toBe(boss)
    expect(await managerOf(other)).toBeUndefined()
  })

  it('is nobody when two people have it, and nothing is written', async () => {
    await person('second', { emails: [{ value: 'boss@example.com' }] })
    const detail = `${manager}: more than one User has the emails.value "boss@example.com", so nobody is chosen; send the id`
    await expect(at.ask(set(worker, 'boss@example.com'))).rejects.toMatchObject({ reason: 'invalidValue', detail })
    expect(await managerOf(worker)).toBeUndefined()
    await expect(
      at.ask(create('User', { userName: 'third', [enterprise]: { manager: 'boss@example.com' } })),
    ).rejects.toMatchObject({ reason: 'invalidValue', detail })
    expect((await at.body(find('User', 'userName eq "third"')))['totalResults']).toBe(0)
  })

  it('is nobody whom no client sees', async () => {
    await at.ask(remove('User', boss))
    for (const value of [boss, 'boss', 'boss@example.com', 'hr-1'])
      expect(await at.failure(set(worker, value)), value).toBe('invalidValue')
  })

  it('is refused by name when nobody is called so', async () => {
    await expect(at.ask(set(worker, 'nobody'))).rejects.toMatchObject({
      reason: 'invalidValue',
      detail: `${manager}: there is no User with the id or userName or emails.value or externalId "nobody"`,
    })
    expect(await at.failure(create('User', { userName: 'x', [enterprise]: { manager: 'nobody' } }))).toBe(
      'invalidValue',
    )
    expect(await at.failure(replaced(worker, 'worker', { [enterprise]: { manager: 'nobody' } }))).toBe('invalidValue')
  })

  it.each(['not a uri', 'one-word', '../Users/', '../Users/%zz'])('is no location: %s', async ($ref) => {
    expect(await at.failure(set(worker, { $ref }))).toBe('invalidValue')
  })

  it('writes nothing when it is who it was', async () => {
    await at.ask(replaced(worker, 'worker', { [enterprise]: { manager: boss } }))
    const { meta } = await at.body(get('User', worker))
    for (const value of [boss, 'boss', 'BOSS', 'boss@example.com', 'hr-1']) {
      const log = await statements(() => at.ask(set(worker, value)))
      expect(log.filter((text) => !text.startsWith('SELECT'))).toEqual([])
    }
    const log = await statements(() => at.ask(replaced(worker, 'worker', { [enterprise]: { manager: 'boss' } })))
    expect(log.filter((text) => !text.startsWith('SELECT'))).toEqual([])
    expect((await at.body(get('User', worker)))['meta']).toEqual(meta)
  })

  it('compares the manager by the id in a filter', async () => {
    await at.ask(set(worker, 'boss'))
    expect((await at.body(find('User', `${manager} eq "${boss}"`)))['totalResults']).toBe(1)
    expect((await at.body(find('User', `${manager}.value eq "boss"`)))['totalResults']).toBe(0)
  })

  it('asks no further when the id is somebody, and looks for nobody when it is who it was', async () => {
    const sent = await statements(() => at.ask(set(worker, boss)))
    await at.close()
    await open((text) => text)
    boss = await person('boss')
    worker = await person('worker')
    const plain = await statements(() => at.ask(set(worker, boss)))
    expect(sent.map((text) => text.replaceAll(/\d+|'[^']*'/g, '?'))).toEqual(
      plain.map((text) => text.replaceAll(/\d+|'[^']*'/g, '?')),
    )
  })
})

describe('what goes along', () => {
  it('passes over nobody where the mapping says so, and the manager who was there goes', async () => {
    await open(matched('[id, userName]', ', onUnknown: ignore'))
    const boss = await person('boss')
    const worker = await person('worker', { [enterprise]: { manager: 'boss' } })
    expect(await managerOf(worker)).toBe(boss)
    await at.ask(set(worker, 'nobody'))
    expect(await managerOf(worker)).toBeUndefined()
    expect(await managerOf(await person('third', { [enterprise]: { manager: 'nobody' } }))).toBeUndefined()
  })

  it('repeats an immutable manager by another name, and refuses another one', async () => {
    await open(matched('[id, userName]', ', access: immutable'))
    const boss = await person('boss')
    const other = await person('other')
    const worker = await person('worker', { [enterprise]: { manager: 'boss' } })
    await at.ask(replaced(worker, 'worker', { [enterprise]: { manager: 'boss' } }))
    await at.ask(set(worker, 'BOSS'))
    expect(await at.failure(set(worker, 'other'))).toBe('mutability')
    expect(await at.failure(replaced(worker, 'worker', { [enterprise]: { manager: other } }))).toBe('mutability')
    expect(await managerOf(worker)).toBe(boss)
  })

  it('prefers what the mapping names first', async () => {
    await open(matched('[userName, id]'))
    const boss = await person('boss')
    const other = await person(boss)
    const worker = await person('worker', { [enterprise]: { manager: boss } })
    expect(await managerOf(worker)).toBe(other)
  })
})
