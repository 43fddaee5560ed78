import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { scimId } from '../../src/base/brand.ts'
import type { ScimRequest } from '../../src/scim/request.ts'
import type { Reply } from '../../src/service/bridge.ts'
import { record } from '../sqlite-log.ts'
import { create, get, group, patch, stand } from './stand.ts'
import type { Stand } from './stand.ts'

/** More members than are read at once. */
const crowd = 2300

describe('resources with long lists', () => {
  let here: Stand
  let people: readonly string[]
  let big: string
  beforeAll(async () => {
    here = await stand({}, 'conformance-sqlite')
    people = Array.from({ length: crowd }, (_, i) => `p${String(i).padStart(5, '0')}`)
    const insert = here.legacy.prepare('INSERT INTO person (person_id, user_name, display_name) VALUES (?, ?, ?)')
    here.legacy.exec('BEGIN')
    for (const one of people) insert.run(one, one, `The "${one}"`)
    here.legacy.exec('COMMIT')
    const made = await whole(await here.ask(create('Group', { displayName: 'Big', members: values(people) })))
    big = String(made['id'])
  })
  afterAll(() => here.close())

  const values = (ids: readonly string[]): readonly JsonObject[] => ids.map((value) => ({ value }))
  const whole = async ({ body, stream }: Reply): Promise<JsonObject> => {
    expect(body === undefined).toBe(stream !== undefined)
    let text = ''
    for await (const piece of stream ?? []) text += piece
    return body ?? (JSON.parse(text) as JsonObject)
  }
  const membersOf = (resource: JsonObject) => resource['members'] as readonly JsonObject[]
  const idsOf = (resource: JsonObject) => membersOf(resource).map(({ value }) => String(value))

  it('come in pieces once they are longer than what is read at once', async () => {
    const reply = await here.ask(get('Group', big))
    expect(reply.stream).toBeDefined()
    const resource = await whole(reply)
    expect(resource).toMatchObject({ schemas: [group], displayName: 'Big', meta: { resourceType: 'Group' } })
    expect(idsOf(resource)).toEqual(people)
    expect(membersOf(resource)[1]).toEqual({
      value: 'p00001',
      display: 'The "p00001"',
      type: 'User',
      $ref: 'http://bridge.example/v2/Users/p00001',
    })
    expect(reply.location).toBe(`http://bridge.example/v2/Groups/${big}`)
  })

  it('are as they were when they are short', async () => {
    const { body, stream } = await here.ask(
      create('Group', { displayName: 'Small', members: values(people.slice(0, 3)) }),
    )
    expect(stream).toBeUndefined()
    expect(idsOf(body ?? {})).toEqual(people.slice(0, 3))
  })

  it('answer a POST and a PUT with what is held after the commit', async () => {
    const made = await here.ask(create('Group', { displayName: 'New', members: values(people.slice(5)) }))
    expect(made.status).toBe(201)
    const resource = await whole(made)
    expect(idsOf(resource)).toEqual(people.slice(5))
    const put: ScimRequest = {
      kind: 'replace',
      type: 'Group',
      id: scimId(String(resource['id'])),
      body: { schemas: [group], displayName: 'Newer', members: values(people.slice(0, 2000)) },
      show: {},
    }
    const after = await whole(await here.ask(put))
    expect(after['displayName']).toBe('Newer')
    expect(idsOf(after)).toEqual(people.slice(0, 2000))
    await here.ask({ kind: 'delete', type: 'Group', id: scimId(String(resource['id'])) })
  })

  it('come in lists, each in its resource', async () => {
    for (const filter of [undefined, 'displayName co "i" and not (meta.version eq "x")']) {
      const query = { ...(filter === undefined ? {} : { filter }), sortBy: 'displayName' }
      const list = await whole(await here.ask({ kind: 'list', type: 'Group', query }))
      expect(list).toMatchObject({ totalResults: filter ? 1 : 2, itemsPerPage: filter ? 1 : 2, startIndex: 1 })
      const sizes = (list['Resources'] as readonly JsonObject[]).map((one) => [one['displayName'], idsOf(one).length])
      expect(sizes).toEqual(
        filter
          ? [['Big', crowd]]
          : [
              ['Big', crowd],
              ['Small', 3],
            ],
      )
    }
  })

  it('are not read where they are not shown', async () => {
    const recorder = record((database) => database !== here.legacy)
    const shown = await here.body({ ...get('Group', big), show: { excludedAttributes: ['members'] } } as ScimRequest)
    const changed = await here.ask(patch('Group', big, { op: 'add', path: 'members', value: values(['p00000']) }))
    const found = await here.body({
      kind: 'list',
      type: 'Group',
      query: { filter: 'members.value eq "p02299"', attributes: ['displayName'] },
    })
    recorder.stop()
    expect(shown).not.toHaveProperty('members')
    expect(changed.status).toBe(204)
    expect(found['totalResults']).toBe(1)
    expect(recorder.log.filter((text) => /^SELECT (?:0|"k"."key"),/.test(text))).toEqual([])
  })

  it('show of each member what was asked for', async () => {
    const asked = await whole(
      await here.ask({ ...get('Group', big), show: { attributes: ['members.value'] } } as ScimRequest),
    )
    expect(membersOf(asked).slice(0, 2)).toEqual(values(people.slice(0, 2)))
    expect(membersOf(asked)).toHaveLength(crowd)
  })

  it('are read by a fixed number of statements for each chunk', async () => {
    const recorder = record((database) => database !== here.legacy)
    await whole(await here.ask(get('Group', big)))
    recorder.stop()
    const reads = recorder.log.filter((text) => text.includes('FROM "team_member"'))
    // three chunks of people, one of groups
    expect(reads).toHaveLength(4)
    for (const text of reads) expect(text).toContain('LIMIT 1000')
    expect(recorder.log.slice(recorder.log.indexOf('COMMIT') + 1)).toHaveLength(2)
  })

  it('are refused where they would have to be held as a whole', async () => {
    const before = here.app.limits.scanLimit
    Object.assign(here.app.limits, { scanLimit: 2000 })
    const byDisplay = { kind: 'list', type: 'Group', query: { filter: 'members.display eq "x"' } } as const
    expect(await here.failure(byDisplay)).toBe('tooMany')
    expect(await here.failure(patch('Group', big, { op: 'remove', path: 'members[display co "7"]' }))).toBe('tooMany')
    Object.assign(here.app.limits, { scanLimit: before })
    expect((await here.body(byDisplay))['totalResults']).toBe(0)
  })

  it('tells an error instead of a part, when what follows cannot be read', async () => {
    const { stream } = await here.ask(get('Group', big))
    if (stream === undefined) throw new Error('the answer is whole')
    await expect(
      (async () => {
        for await (const piece of stream) if (piece.length > 1000) await here.app.store.close()
      })(),
    ).rejects.toMatchObject({ reason: 'unavailable' })
  })
})
