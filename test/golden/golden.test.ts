import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dialectNamed, dialectNames } from '../../src/backends/sql/dialects.ts'
import { isBridgeError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json.ts'
import type { Explanation } from '../../src/service/explain.ts'
import type { Example, Mapping } from './example.ts'
import { page, sqlLegend } from './page.ts'
import type { Cell, Entry } from './page.ts'
import { reads } from './reads.ts'
import { departure, departureOfWrites, foundBy, sqliteForm } from './same-as-log.ts'
import type { Found } from './same-as-log.ts'
import { openStand, priorOf } from './stand.ts'
import type { Stand } from './stand.ts'
import { writes } from './writes.ts'

/** The columns of the specification, in their order; the first really runs here. */
const order = ['sqlite', 'mysql', 'postgres', 'mssql', 'oracle']
/** A dialect may have two names. */
const known = new Set(dialectNames.map((name) => dialectNamed(name)?.name ?? name))
const dialects = order.filter((name) => known.has(name))

it('has a column for every dialect', () => expect([...known].sort()).toEqual(dialects.toSorted()))

const themes: Readonly<Record<string, { readonly theme: string; readonly examples: readonly Example[] }>> = {
  ...reads,
  ...writes,
}

interface Tried {
  readonly entry: Entry
  /** Made without a database, and with it; none when the request is refused while it is planned. */
  readonly explanations: readonly Explanation[]
  readonly writes: string | undefined
  readonly log: readonly string[]
  readonly found: Found
}

/** Reads share a database; everything that may write has one of its own. */
const shared = new Map<Mapping, Stand>()
beforeAll(async () => {
  for (const mapping of ['demo', 'conformance-sqlite'] as const) shared.set(mapping, await openStand(mapping))
})
afterAll(async () => {
  for (const stand of shared.values()) await stand.close()
})

/** What every dialect makes of it; one that cannot say so. */
async function cellsOf(stand: Stand, example: Example, prior: JsonObject | undefined, own: Explanation) {
  const others = dialects.slice(1).map(async (name): Promise<readonly [string, Cell]> => {
    const cell = await stand.explainAs(name, example, prior).catch((error: unknown): Cell => {
      if (isBridgeError(error) && error.reason === 'notImplemented') return { notSupported: error.detail }
      throw error
    })
    return [name, cell]
  })
  return Object.fromEntries([[dialects[0], own], ...(await Promise.all(others))]) as Readonly<Record<string, Cell>>
}

async function tryOut(example: Example): Promise<Tried> {
  const own = example.method === 'GET' ? undefined : await openStand(example.mapping)
  const stand = own ?? shared.get(example.mapping)
  if (stand === undefined) throw new Error('no stand')
  try {
    const prior = await priorOf(stand, example)
    const explained = await stand.explain(example, prior).catch((error: unknown) => {
      if (isBridgeError(error)) return { refused: `${error.reason}: ${error.detail}` }
      throw error
    })
    const live = 'refused' in explained ? [] : [await stand.explainLive(example, prior)]
    const cells = 'refused' in explained ? explained : await cellsOf(stand, example, prior, explained)
    const rehearsed = example.departs !== undefined && example.offline !== true && (await stand.rehearse(example))
    const { told, body, log } = await stand.run(example)
    return {
      entry: { example, prior, cells, answer: told },
      explanations: 'refused' in explained ? [] : [explained, ...live],
      writes: rehearsed === false ? undefined : departureOfWrites(sqliteForm, rehearsed, log),
      log,
      found: foundBy(told, body),
    }
  } finally {
    await own?.close()
  }
}

describe.each(Object.entries(themes))('%s', (name, { theme, examples }) => {
  const tried: Tried[] = []

  it.each(examples.map((example) => [`${example.mapping}: ${example.title}`, example] as const))(
    '%s',
    async (_, example) => {
      const one = await tryOut(example)
      tried.push(one)
      const { cells, answer } = one.entry
      if ('refused' in cells) {
        expect(cells.refused).toBe(answer)
        expect(one.log).toEqual([])
        return
      }
      const departures = one.explanations.map((explanation) => departure(sqliteForm, explanation, one.log, one.found))
      if (example.departs === undefined) expect(departures).toEqual([undefined, undefined])
      else expect(departures[0]).toBeDefined()
      // what only the database knows is told by the open database, or by a rehearsal on it
      if (example.offline === true) expect(departures[1]).toBeUndefined()
      expect(one.writes).toBeUndefined()
    },
  )

  it('is written down, with something to say for every dialect', async () => {
    const text = page(
      theme,
      sqlLegend(dialects),
      tried.map((one) => one.entry),
    )
    const requests = text.split(/^--- /m).slice(1)
    expect(requests).toHaveLength(examples.length)
    for (const request of requests.filter((one) => one.includes('\nPLAN\n')))
      for (const dialect of dialects) expect(request).toMatch(new RegExp(`^${dialect.toUpperCase()}\\n +\\S`, 'm'))
    await expect(text).toMatchFileSnapshot(`${name}.txt`)
  })
})
