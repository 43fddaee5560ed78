import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Query } from '../../src/scim/request.ts'
import { places } from './paging-stand.ts'
import type { Paged } from './paging-stand.ts'

/** What happens after a page: some go, wherever they are, and some come. */
interface Between {
  readonly removed: readonly number[]
  readonly added: number
}

const between = fc.record({
  removed: fc.array(fc.nat(), { maxLength: 5 }),
  added: fc.nat({ max: 2 }),
})

/** A filter that the store evaluates, one that only the bridge can, and orders of both. */
const queries: readonly Query[] = [
  {},
  { filter: 'userName sw "w"' },
  { sortBy: 'title' },
  { sortBy: 'title', sortOrder: 'descending' },
  { filter: 'meta.version ne "x"' },
  { filter: 'meta.version ne "x"', sortBy: 'title', sortOrder: 'descending' },
  { sortBy: 'emails.value' },
]

for (const kind of ['memory', 'SQLite'] as const) {
  describe(`a walk in ${kind} while others come and go`, () => {
    let here: Paged
    let close: (() => Promise<void>)[]
    beforeAll(async () => {
      const all = await places()
      here = all[kind]
      close = Object.values(all).map((one) => one.close)
    })
    afterAll(async () => {
      for (const one of close) await one()
    })

    let serial = 0
    const add = (): Promise<string> => {
      serial++
      const title = serial % 3 === 0 ? {} : { title: `T${serial % 4}` }
      const emails = serial % 2 === 0 ? [] : [{ value: `${serial % 5}@example.com` }]
      return here.add(`w${serial}`, { ...title, emails })
    }
    /** Walks with `page`, with something in between; who was there throughout is to be seen once. */
    async function walked(
      people: number,
      happens: readonly Between[],
      page: (seen: number) => Promise<{ readonly ids: readonly string[]; readonly goesOn: boolean }>,
    ): Promise<void> {
      const there = new Set<string>()
      for (let i = 0; i < people; i++) there.add(await add())
      const staying = new Set(there)
      const seen: string[] = []
      for (let turn = 0; ; turn++) {
        if (turn > people + 3 * happens.length + 2) throw new Error('the walk does not end')
        const { ids, goesOn } = await page(seen.length)
        seen.push(...ids)
        if (!goesOn) break
        const { removed = [], added = 0 } = happens[turn] ?? {}
        for (const one of removed) {
          const id = [...there][one % there.size]
          if (id === undefined) break
          await here.remove(id)
          there.delete(id)
          staying.delete(id)
        }
        for (let i = 0; i < added; i++) there.add(await add())
      }
      expect(new Set(seen).size, 'shown once').toBe(seen.length)
      expect(
        [...staying].filter((id) => !seen.includes(id)),
        'shown at all',
      ).toEqual([])
      for (const id of there) await here.remove(id)
    }

    const scenes = [
      fc.integer({ min: 0, max: 14 }),
      fc.integer({ min: 1, max: 5 }),
      fc.array(between, { maxLength: 9 }),
    ] as const

    for (const query of queries) {
      it(`by index sees each that stays once, and ends: ${JSON.stringify(query)}`, { timeout: 60_000 }, async () => {
        await fc.assert(
          fc.asyncProperty(...scenes, async (people, count, happens) => {
            let startIndex = 1
            await walked(people, happens, async (seen) => {
              const { ids, total = -1, items, body } = await here.list({ ...query, startIndex, count })
              expect(body['startIndex']).toBe(startIndex)
              expect(items).toBe(ids.length)
              startIndex += items
              // an empty page is the end of what was shown
              if (items === 0) expect(total).toBe(seen)
              expect(total).toBeGreaterThanOrEqual(seen + items)
              return { ids, goesOn: startIndex <= total }
            })
          }),
          { numRuns: kind === 'memory' ? 40 : 8 },
        )
      })

      it(`by cursor sees each that stays once, and ends: ${JSON.stringify(query)}`, { timeout: 60_000 }, async () => {
        await fc.assert(
          fc.asyncProperty(...scenes, async (people, count, happens) => {
            let cursor = ''
            await walked(people, happens, async () => {
              const { ids, next, items } = await here.list({ ...query, cursor, count })
              expect(items).toBe(ids.length)
              cursor = next ?? ''
              return { ids, goesOn: next !== undefined }
            })
          }),
          { numRuns: kind === 'memory' ? 40 : 8 },
        )
      })
    }
  })
}
