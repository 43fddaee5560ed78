import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { patchOf, person, team } from '../wire/people.ts'
import { stand } from '../wire/playground.ts'
import type { Stand } from '../wire/playground.ts'
import { statementsOf } from '../wire/statements.ts'

/** People by number; a group starts with 0, 1 and 2. */
type Numbers = readonly number[]

const changes: readonly (readonly [string, (list: (...numbers: number[]) => object[]) => object[], Numbers])[] = [
  ['adds two to three', (list) => [{ op: 'add', path: 'members', value: list(3, 4) }], [0, 1, 2, 3, 4]],
  ['adds what is there', (list) => [{ op: 'add', path: 'members', value: list(0, 1, 2) }], [0, 1, 2]],
  ['adds without a path', (list) => [{ op: 'add', value: { members: list(3) } }], [0, 1, 2, 3]],
  ['removes two of three', (list) => [{ op: 'remove', path: 'members', value: list(0, 1) }], [2]],
  ['removes who is not there', (list) => [{ op: 'remove', path: 'members', value: list(7) }], [0, 1, 2]],
  ['removes nobody', () => [{ op: 'remove', path: 'members', value: [] }], [0, 1, 2]],
  ['removes everybody', () => [{ op: 'remove', path: 'members' }], []],
  ['replaces some', (list) => [{ op: 'replace', path: 'members', value: list(2, 3) }], [2, 3]],
  ['replaces with one more', (list) => [{ op: 'replace', path: 'members', value: list(0, 1, 2, 3) }], [0, 1, 2, 3]],
  ['replaces with nobody', () => [{ op: 'replace', path: 'members', value: [] }], []],
  [
    'adds and removes in one request',
    (list) => [
      { op: 'remove', path: 'members', value: list(0) },
      { op: 'add', path: 'members', value: list(4) },
      { op: 'add', path: 'members', value: list(5) },
    ],
    [1, 2, 4, 5],
  ],
  [
    'adds what it has removed',
    (list) => [
      { op: 'remove', path: 'members', value: list(0) },
      { op: 'add', path: 'members', value: list(0) },
    ],
    [0, 1, 2],
  ],
]

/** Others wrote back what they had read: a change wiped members, and two at once lost some. */
describe.each(['demo', 'conformance-sqlite'] as const)('membership is set algebra in %s', (name) => {
  let server: Stand
  const ids: string[] = []
  let path = ''
  const list = (...numbers: Numbers): object[] => numbers.map((at) => ({ value: ids[at] }))
  const members = async (): Promise<Numbers> =>
    ((await server.get(path)).body['members'] as readonly JsonObject[])
      .map((member) => ids.indexOf(String(member['value'])))
      .toSorted((a, b) => a - b)
  let groups = 0
  beforeAll(async () => {
    server = await stand(name, { profile: 'tolerant' })
    for (let i = 0; i < 40; i++) ids.push(String((await server.post('/Users', person(`member-${i}`))).body['id']))
  })
  afterAll(async () => server?.stop())
  beforeEach(async () => {
    const made = await server.post('/Groups', team(`set algebra ${++groups}`, ids.slice(0, 3)))
    path = `/Groups/${String(made.body['id'])}`
  })

  it.each(changes)('%s', async (_, operations, wanted) => {
    const answer = await server.patch(path, ...operations(list))
    expect([200, 204], answer.text).toContain(answer.status)
    expect(await members()).toEqual(wanted)
  })

  it('takes PUT for the whole list', async () => {
    expect((await server.put(path, team('put', [ids[2]!, ids[3]!]))).status).toBe(200)
    expect(await members()).toEqual([2, 3])
  })

  it('removes one by its path', async () => {
    expect((await server.patch(path, { op: 'remove', path: `members[value eq "${ids[1]}"]` })).status).toBeLessThan(300)
    expect(await members()).toEqual([0, 2])
  })

  it('refuses to turn one member into another (RFC 7643 section 4.2: immutable)', async () => {
    const answer = await server.patch(path, {
      op: 'replace',
      path: `members[value eq "${ids[1]}"].value`,
      value: ids[9],
    })
    expect(answer.body['scimType'], answer.text).toBe('mutability')
    expect(await members()).toEqual([0, 1, 2])
  })

  it('loses nothing to sixteen clients at once', async () => {
    const start = await server.patch(path, { op: 'add', path: 'members', value: list(16, 17, 18, 19, 20, 21, 22, 23) })
    expect(start.status).toBeLessThan(300)
    const adds = [24, 25, 26, 27, 28, 29, 30, 31].map((at) => ({ op: 'add', path: 'members', value: list(at) }))
    const removes = [16, 17, 18, 19, 20, 21, 22, 23].map((at) => ({
      op: 'remove',
      path: `members[value eq "${ids[at]}"]`,
    }))
    const answers = await Promise.all([...adds, ...removes].map((operation) => server.patch(path, operation)))
    expect(answers.map(({ status }) => status < 300)).toEqual(answers.map(() => true))
    expect(await members()).toEqual([0, 1, 2, 24, 25, 26, 27, 28, 29, 30, 31])
  })

  it('refuses the whole request for one member that does not exist', async () => {
    const answer = await server.patch(path, { op: 'add', path: 'members', value: [...list(5), { value: 'nobody' }] })
    expect(answer.status).toBe(400)
    expect(answer.body['scimType']).toBe('invalidValue')
    expect(answer.body['detail']).toContain('nobody')
    expect(await members()).toEqual([0, 1, 2])
  })

  it('shows it on the other side, which cannot write it', async () => {
    const user = `/Users/${ids[0]}`
    const group = path.split('/')[2]
    const groupsOf = async (): Promise<readonly unknown[]> =>
      ((await server.get(user)).body['groups'] as readonly JsonObject[]).map((one) => one['value'])
    expect(await groupsOf()).toContain(group)
    expect((await server.put(user, person('member-0', { groups: [] }))).status).toBe(200)
    expect(await groupsOf()).toContain(group)
    const answer = await server.patch(user, { op: 'remove', path: 'groups' })
    expect(answer.body['scimType'], answer.text).toBe('mutability')
    expect(await groupsOf()).toContain(group)
    expect(
      (await server.post('/Users', person('joiner', { groups: [{ value: group! }] }))).body['groups'],
    ).toBeUndefined()
  })

  it('costs the same statements whatever the size of the group, and reads no member for one more', async () => {
    const cost = async (): Promise<readonly string[]> =>
      statementsOf(() => server.patch(path, { op: 'add', path: 'members', value: list(39) }))
    const small = (await cost()).length
    const large = await server.patch(path, { op: 'add', path: 'members', value: list(...ids.keys()) })
    expect(large.status).toBeLessThan(300)
    await server.patch(path, { op: 'remove', path: `members[value eq "${ids[39]}"]` })
    const statements = await cost()
    expect(statements.length).toBe(small)
    expect(small).toBeLessThan(25)
  })

  it('reads members only for those who want them', async () => {
    const table = name === 'demo' ? 'EMP_ROLE' : 'team_member'
    for (const url of [
      `${path}?excludedAttributes=members`,
      '/Groups?attributes=displayName',
      '/Users?attributes=userName',
    ]) {
      const statements = await statementsOf(() => server.get(url))
      expect(
        statements.filter((statement) => statement.includes(table)),
        url,
      ).toEqual([])
    }
    const asked = await statementsOf(() => server.get(path))
    expect(asked.some((statement) => statement.includes(table))).toBe(true)
  })

  it('changes neither the group nor its version when nothing changes', async () => {
    const before = (await server.get(path)).body
    const repeat = patchOf(
      { op: 'add', path: 'members', value: list(0, 1) },
      { op: 'remove', path: 'members', value: list(9) },
    )
    expect((await server.send('PATCH', path, { body: repeat })).status).toBeLessThan(300)
    expect((await server.get(path)).body).toEqual(before)
  })
})
