import { setTimeout as wait } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '../../src/base/json.ts'
import { isArray, isObject } from '../../src/base/json.ts'
import { patchCases } from '../cases/patch-cases.ts'
import type { Expected } from '../cases/patch-cases.ts'
import type { Answer } from '../wire/client.ts'
import { patchOf, person } from '../wire/people.ts'
import type { Served } from '../wire/playground.ts'

/** What the server says of its own accord, or never. */
const ofTheServer = new Set(['id', 'meta', 'groups', 'password'])

/**
 * A resource without what makes no difference here: order within arrays, `primary: false`, what the server knows about
 * a reference besides its value, unassigned attributes (RFC 7643 section 2.5).
 */
function plain(value: Json | undefined, place: readonly string[] = []): Json | undefined {
  if (isArray(value)) {
    const items = value.map((item) => plain(item, place)).filter((item) => item !== undefined)
    return items.length === 0 ? undefined : items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  }
  if (!isObject(value)) return value ?? undefined
  const reference = place.at(-1) === 'members' || place.at(-1) === 'manager'
  const entries = Object.entries(value)
    .filter(([key]) => !(place.length === 0 && ofTheServer.has(key)))
    .filter(
      ([key, item]) => key !== '$ref' && !(key === 'primary' && item === false) && (!reference || key === 'value'),
    )
    .map(([key, item]) => [key, plain(item, [...place, key])] as const)
    .filter((entry): entry is [string, Json] => entry[1] !== undefined)
  return entries.length === 0 ? undefined : Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** Every PATCH of the table. `open` gives an empty, strict bridge. */
export function holdPatchCases(open: () => Promise<Served>): void {
  let server: Served
  beforeAll(async () => {
    server = await open()
  })
  afterAll(async () => server?.stop())

  /** Makes a resource; the id of what it made is kept for the end. */
  const make = async (path: string, body: Json, made: string[]): Promise<Answer> => {
    const answer = await server.post(path, body)
    expect(answer.status, answer.text).toBe(201)
    made.unshift(`${path}/${String(answer.body['id'])}`)
    return answer
  }

  describe('PATCH over the wire', () => {
    it.each(patchCases.map((one) => [one.id, one.level, one.source, one] as const))('%s (%s, %s)', async (...row) => {
      const test = row[3]
      const made: string[] = []
      const ids = new Map<string, string>()
      const fill = <T>(value: T): T =>
        JSON.parse(JSON.stringify(value).replace(/\$\{(\w+)\}/g, (whole, name: string) => ids.get(name) ?? whole)) as T
      try {
        for (const [, name = ''] of JSON.stringify(test).matchAll(/\$\{([a-c])\}/g)) {
          if (ids.has(name)) continue
          ids.set(name, String((await make('/Users', person(`helper-${name}`), made)).body['id']))
        }
        for (const other of test.others ?? []) await make('/Users', other, made)
        ids.set('self', String((await make(test.endpoint, fill(test.before), made)).body['id']))
        const path = `${test.endpoint}/${ids.get('self')}`
        const before = (await server.get(path)).body
        if (test.lastModifiedUnchanged) await wait(15)

        const body = fill(test.body ?? patchOf(...test.ops))
        const answer = await server.send('PATCH', path, { body })
        const after = (await server.get(path)).body

        const agrees = ({ after: wanted, error }: Expected, scimTypes: readonly string[] = []): boolean => {
          if (error) {
            const types = error.scimType === undefined ? [] : [error.scimType, ...scimTypes]
            return (
              answer.status === error.status && (types.length === 0 || types.includes(String(answer.body['scimType'])))
            )
          }
          const shown = answer.status === 204 ? after : answer.body
          return (
            (answer.status === 200 || answer.status === 204) &&
            [shown, after].every((each) => isDeepStrictEqual(plain(each), plain(fill(wanted ?? {}))))
          )
        }
        const accepted =
          agrees(test, test.acceptScimTypes) || (test.alsoAccept ?? []).some((expected) => agrees(expected))
        expect(accepted, `${answer.status} ${answer.text} then ${JSON.stringify(after)}`).toBe(true)
        // RFC 7644 section 3.5.2: a failed PATCH changes nothing
        if (answer.status >= 400) expect(after).toEqual(before)
        if (test.lastModifiedUnchanged) expect(after['meta']).toEqual(before['meta'])
      } finally {
        for (const path of made) expect((await server.delete(path)).status).toBe(204)
      }
    })
  })
}
