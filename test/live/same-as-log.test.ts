import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dialectNamed, driverNamed } from '../../src/backends/sql/dialects.ts'
import { isBridgeError } from '../../src/base/errors.ts'
import type { Json, JsonObject } from '../../src/base/json.ts'
import { isObject } from '../../src/base/json.ts'
import type { Example, Mapping } from '../golden/example.ts'
import { reads } from '../golden/reads.ts'
import { departure, departureOfWrites, foundBy } from '../golden/same-as-log.ts'
import type { LogForm } from '../golden/same-as-log.ts'
import { priorOf } from '../golden/stand.ts'
import { writes } from '../golden/writes.ts'
import { sameStatement } from '../servers/same-statement.ts'
import type { SqlServerKind } from '../servers/server.ts'
import { titles } from '../servers/server.ts'
import type { Logged } from '../servers/watch-statements.ts'
import { describeServer } from '../servers/with-server.ts'
import { dialectOf, openLiveStand } from './stand.ts'
import type { LiveStand } from './stand.ts'

/**
 * The promise of `explain --live`, held for every request of the golden files: what the server wrote into its own log,
 * text, values and order, is what was explained before.
 */
const themes: readonly (readonly [string, readonly Example[]])[] = Object.entries({ ...reads, ...writes }).map(
  ([name, { examples }]) => [name, examples],
)

/** PostgreSQL logs its own form of a value: the zone of a moment, which is UTC in our sessions, and blanks in JSON. */
function inOneForm(value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?\+00$/.test(value)) return value.slice(0, -3)
  if (!value.startsWith('[')) return value
  const sorted = (_: string, one: unknown): unknown =>
    isObject(one as Json) ? Object.fromEntries(Object.entries(one as JsonObject).toSorted()) : one
  try {
    return JSON.stringify(JSON.parse(value), sorted)
  } catch {
    return value
  }
}

const formOf = (kind: SqlServerKind): LogForm<Logged> => ({
  text: ({ text }) => text,
  same: (told, logged) =>
    sameStatement(
      { ...logged, params: logged.params?.map(inOneForm) },
      { ...told, params: told.params.map(inOneForm) },
    ),
  unlock: dialectNamed(dialectOf[kind])?.unlockNames,
})

for (const kind of ['mariadb', 'postgres'] as const) {
  if (driverNamed(dialectOf[kind]) === undefined) continue
  await describeServer(kind, `${titles[kind]} is asked what was explained`, (server) => {
    const stands = new Map<Mapping, LiveStand>()
    beforeAll(async () => {
      for (const mapping of ['demo', 'conformance-sqlite'] as const)
        stands.set(mapping, await openLiveStand(server, mapping))
    }, 60_000)
    afterAll(async () => {
      for (const stand of stands.values()) await stand.close()
    })
    const form = formOf(kind)

    describe.each(themes)('%s', (_, examples) => {
      it.each(examples.map((example) => [`${example.mapping}: ${example.title}`, example] as const))(
        '%s',
        async (__, example) => {
          const stand = stands.get(example.mapping)
          if (stand === undefined) throw new Error('no stand')
          if (example.method !== 'GET') await stand.reset()
          const prior = await priorOf(stand, example)
          const explained = await stand.explain(example, prior).catch((error: unknown) => {
            if (isBridgeError(error)) return { refused: `${error.reason}: ${error.detail}` }
            throw error
          })
          const isUnforeseen = example.departs !== undefined && example.offline !== true
          const rehearsed = isUnforeseen ? await stand.rehearse(example) : undefined
          const { told, body, log } = await stand.run(example)
          if ('refused' in explained) {
            expect(explained.refused).toBe(told)
            expect(log).toEqual([])
            return
          }
          if (rehearsed === undefined) expect(departure(form, explained, log, foundBy(told, body))).toBeUndefined()
          else expect(departureOfWrites(form, rehearsed, log)).toBeUndefined()
          expect(told).not.toMatch(/^(?:internal|unavailable|timeout|busy)/)
        },
      )
    })
  })
}
