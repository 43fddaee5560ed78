import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { enterpriseSchema, patchOf, person, team, where } from '../wire/people.ts'
import { stand } from '../wire/playground.ts'
import type { Stand } from '../wire/playground.ts'
import { refusal } from '../wire/refusal.ts'

const statements: readonly string[] = [
  "'; DROP TABLE EMP; --",
  "'; DROP TABLE person; --",
  "' OR '1'='1",
  '1 OR 1=1',
  "x' UNION SELECT password_hash FROM person --",
  "x'); DELETE FROM EMP_ROLE; --",
  '"; DROP TABLE EMP; --',
  "\\'; DROP TABLE EMP; --",
  '%',
  '_',
  '%%',
  'a%b_c',
  '\\%',
  '*',
  '*)(uid=*',
  '$1',
  '?',
  ':login',
  '@x',
  '${7*7}',
  '{{7*7}}',
  '`id`',
  'x\\',
  "O'Brien-O'Hara",
  'say "x"',
  '日本 𝒳 é ñ',
]

const quoted = (text: string): string => JSON.stringify(text)

describe.each(['demo', 'conformance-sqlite'] as const)('values are data in %s', (name) => {
  let server: Stand
  let other = ''
  let otherBefore: JsonObject
  beforeAll(async () => {
    server = await stand(name, { profile: 'strict' })
    other = String((await server.post('/Users', person('bystander', { title: 'Bystander' }))).body['id'])
    otherBefore = (await server.get(`/Users/${other}`)).body
  })
  afterAll(async () => server?.stop())

  it.each(statements)('keeps %s as it is, and changes nothing else', async (text) => {
    const count = (await server.get('/Users?count=0')).body['totalResults']
    const made = await server.post('/Users', {
      ...person(text, {
        externalId: text,
        name: { givenName: text, familyName: text },
        title: text,
        preferredLanguage: text,
        emails: [{ value: text, type: 'work' }],
        phoneNumbers: [{ value: text, type: 'work' }],
        addresses: [{ streetAddress: text, locality: text, postalCode: text, type: 'work' }],
        [enterpriseSchema]: { employeeNumber: text },
      }),
    })
    expect(made.status, made.text).toBe(201)
    const path = `/Users/${String(made.body['id'])}`
    const held = (await server.get(path)).body
    expect(held).toMatchObject({
      userName: text,
      externalId: text,
      name: { givenName: text, familyName: text },
      title: text,
      emails: [{ value: text }],
      phoneNumbers: [{ value: text }],
      addresses: [{ streetAddress: text, locality: text, postalCode: text }],
      [enterpriseSchema]: { employeeNumber: text },
    })
    for (const attribute of [
      'userName',
      'externalId',
      'title',
      'name.familyName',
      'emails.value',
      'emails[type eq "work"].value',
      `${enterpriseSchema}:employeeNumber`,
    ]) {
      const filter = attribute.includes('[')
        ? `emails[type eq "work" and value eq ${quoted(text)}]`
        : `${attribute} eq ${quoted(text)}`
      for (const op of ['eq', 'co', 'sw', 'ew'] as const) {
        const found = await server.get(`/Users${where(filter.replace(/ eq (?=[^"]*"(?!work))/, ` ${op} `))}`)
        expect(found.status, `${filter} ${found.text.slice(0, 300)}`).toBe(200)
        const ids = (found.body['Resources'] as readonly JsonObject[]).map((one) => one['id'])
        expect(ids, `${op} in ${filter}`).toContain(made.body['id'])
        expect(ids, `${op} in ${filter}`).not.toContain(other)
        if (op === 'eq') expect(ids, filter).toHaveLength(1)
      }
    }

    const patched = await server.patch(
      path,
      { op: 'replace', path: 'title', value: `${text}!` },
      { op: 'replace', path: 'name.givenName', value: `${text}!` },
      { op: 'replace', path: `emails[value eq ${quoted(text)}].value`, value: `${text}!` },
      { op: 'add', path: 'phoneNumbers', value: [{ value: text, type: 'mobile' }] },
    )
    expect(patched.status, patched.text).toBe(200)
    expect((await server.get(path)).body).toMatchObject({
      title: `${text}!`,
      name: { givenName: `${text}!` },
      emails: [{ value: `${text}!` }],
    })

    const grouped = await server.post('/Groups', team(text, [String(made.body['id'])]))
    expect(grouped.status, grouped.text).toBe(201)
    const groupPath = `/Groups/${String(grouped.body['id'])}`
    expect((await server.get(`/Groups${where(`displayName eq ${quoted(text)}`)}`)).body['totalResults']).toBe(1)
    expect((await server.delete(groupPath)).status).toBe(204)
    expect((await server.delete(path)).status).toBe(204)
    expect((await server.get(`/Users/${other}`)).body).toEqual(otherBefore)
    expect((await server.get('/Users?count=0')).body['totalResults']).toBe(count)
  })

  it.each(['userName', 'title', 'externalId'])('refuses NUL in %s, which text cannot hold', async (attribute) => {
    const before = server.dump()
    const made = await server.post('/Users', { ...person('nul'), [attribute]: 'a\u0000b' })
    expect(refusal(made, attribute)).toBe('400 invalidValue')
    const patched = await server.patch(`/Users/${other}`, { op: 'replace', path: attribute, value: 'a\u0000b' })
    expect(refusal(patched, attribute)).toBe('400 invalidValue')
    const found = await server.get(`/Users${where(`${attribute} eq "a\\u0000b"`)}`)
    // no value holds it: nothing is found, or the filter is refused
    if (found.status === 200) expect(found.body['totalResults']).toBe(0)
    else refusal(found, attribute)
    expect(server.dump() === before).toBe(true)
  })

  it('refuses half a surrogate pair', async () => {
    const before = server.dump()
    const made = await server.send('POST', '/Users', {
      body: JSON.stringify(person('half')).replace('half', 'half\\ud800'),
    })
    expect(refusal(made, 'half a surrogate pair')).toBe('400 invalidValue')
    expect(server.dump() === before).toBe(true)
  })
})

/** Ways to write an id that a number column, a pattern or a path would take for another. */
const disguises = (id: string): readonly string[] => [
  `0${id}`,
  `00${id}`,
  ` ${id}`,
  `${id} `,
  `\t${id}`,
  `${id}\n`,
  `+${id}`,
  `${id}.0`,
  `${id}.`,
  `${id}e0`,
  `${id}E0`,
  `${id}abc`,
  `${id}'`,
  `${id}"`,
  `${id};`,
  `${id}--`,
  `${id}/*`,
  `${id} OR 1=1`,
  `${id}' OR '1'='1`,
  `${id}\u0000`,
  `${id}%00`,
  `0x${Number.isInteger(Number(id)) ? Number(id).toString(16) : id}`,
  `-${id}`,
  `_${id.slice(1)}`,
  `${id.slice(0, -1)}_`,
  `${id.slice(0, -1)}%`,
  `%${id.slice(1)}`,
  [...id].map((c) => (/\d/.test(c) ? String.fromCodePoint(0xff10 + Number(c)) : c)).join(''),
  [...id].map((c) => (/\d/.test(c) ? String.fromCodePoint(0x660 + Number(c)) : c)).join(''),
]

const strangers: readonly string[] = [
  '%',
  '_',
  '____',
  "'",
  '"',
  '*',
  '.',
  '..',
  '../Users',
  '/',
  '\\',
  '0',
  '-1',
  '1e3',
  'NaN',
  'null',
  'undefined',
  'true',
  '[]',
  '{}',
  '1 OR 1=1',
  "1' OR '1'='1",
  '1; DROP TABLE x',
  '__proto__',
  'constructor',
  'toString',
  '9223372036854775807',
  '9223372036854775808',
  '99999999999999999999999999',
  '1'.repeat(10_000),
  'x'.repeat(10_000),
  '\u0000',
  '\ud83d\ude00',
  'é',
]

describe.each(['demo', 'conformance-sqlite'] as const)('ids are compared as they are in %s', (name) => {
  let server: Stand
  let user = ''
  let group = ''
  let before = ''
  beforeAll(async () => {
    server = await stand(name, { profile: 'strict' })
    user = String((await server.post('/Users', person('owner'))).body['id'])
    group = String((await server.post('/Groups', team('owners', [user]))).body['id'])
    before = server.dump()
  })
  afterAll(async () => server?.stop())

  const held = async (path: string, id: string, whole: JsonObject): Promise<void> => {
    const target = `${path}/${encodeURIComponent(id)}`
    const requests = [
      ['GET', undefined],
      ['PUT', whole],
      ['PATCH', patchOf({ op: 'replace', path: 'displayName', value: 'taken over' })],
      ['PATCH', patchOf({ op: 'remove', path: 'members' })],
      ['DELETE', undefined],
    ] as const
    for (const [method, body] of requests) {
      if (path === '/Users' && body !== undefined && method === 'PATCH' && JSON.stringify(body).includes('members'))
        continue
      const answer = await server.send(method, target, { body })
      expect(refusal(answer, `${method} ${target.slice(0, 80)}`)).toMatch(/^404$|^400 /)
    }
  }

  it.each(['/Users', '/Groups'] as const)('knows no disguise of an id under %s', async (path) => {
    const id = path === '/Users' ? user : group
    const changed = path === '/Users' ? person('taken-over') : team('taken-over')
    const own = /^(\D*)(\d+)$/.exec(id)
    const all = [...disguises(id), ...(own?.[1] ? disguises(String(own[2])).map((rest) => own[1] + rest) : [])]
    for (const disguise of new Set([...all, ...strangers])) if (disguise !== id) await held(path, disguise, changed)
    await held(path, path === '/Users' ? group : user, changed)
    expect(server.dump() === before, 'something was changed').toBe(true)
  })

  it('knows no disguise of an id where another resource names it', async () => {
    for (const disguise of [...disguises(user), ...strangers]) {
      const shown = disguise.slice(0, 60)
      const found = await server.get(`/Users${where(`id eq ${quoted(disguise)}`)}`)
      if (found.status === 200) expect(found.body['totalResults'], shown).toBe(0)
      else expect(refusal(found, shown)).toMatch(/^400 invalidFilter$|^414$/)
      const inGroup = await server.get(`/Groups${where(`members.value eq ${quoted(disguise)}`)}`)
      if (inGroup.status === 200) expect(inGroup.body['totalResults'], shown).toBe(0)
      else expect(refusal(inGroup, shown)).toMatch(/^400 invalidFilter$|^414$/)
      const add = await server.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: disguise }] })
      expect(refusal(add, `add ${shown}`)).toBe('400 invalidValue')
      const remove = await server.patch(`/Groups/${group}`, {
        op: 'remove',
        path: `members[value eq ${quoted(disguise)}]`,
      })
      if (remove.status >= 400) expect(refusal(remove, `remove ${shown}`)).toMatch(/^400 /)
      const made = await server.post('/Groups', team('disguised', [disguise]))
      expect(refusal(made, `create with ${shown}`)).toBe('400 invalidValue')
      const manager = await server.patch(`/Users/${user}`, {
        op: 'replace',
        path: `${enterpriseSchema}:manager`,
        value: { value: disguise },
      })
      if (manager.status >= 400) expect(refusal(manager, `manager ${shown}`)).toBe('400 invalidValue')
      else expect(manager.body[enterpriseSchema], `manager ${shown}`).toBeUndefined()
      expect(server.dump() === before, `${shown} changed something`).toBe(true)
    }
  })
})
