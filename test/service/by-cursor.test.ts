import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isBridgeError } from '../../src/base/errors.ts'
import type { Query } from '../../src/scim/request.ts'
import { cursors } from '../../src/service/cursors.ts'
import { testApplication } from '../application.ts'
import { paging, places } from './paging-stand.ts'
import type { Listed, Paged } from './paging-stand.ts'

/** Evaluated and ordered by the store, by the bridge, and by each in part. */
const queries: readonly Query[] = [
  {},
  { filter: 'userName sw "p"' },
  { sortBy: 'title' },
  { sortBy: 'title', sortOrder: 'descending' },
  { filter: 'meta.version ne "x"' },
  { filter: 'meta.version ne "x"', sortBy: 'userName' },
  { sortBy: 'emails.value', sortOrder: 'descending' },
]

const people = 21

for (const kind of ['memory', 'SQLite'] as const) {
  describe(`paging by cursor in ${kind}`, () => {
    let here: Paged
    let close: (() => Promise<void>)[]
    beforeAll(async () => {
      const all = await places()
      here = all[kind]
      close = Object.values(all).map((one) => one.close)
      for (let i = 0; i < people; i++)
        await here.add(`p${i}`, {
          ...(i % 3 > 0 && { title: `T${i % 5}` }),
          ...(i % 4 > 0 && { emails: [{ value: `${i % 6}@example.com`, type: 'work' }] }),
        })
    })
    afterAll(async () => {
      for (const one of close) await one()
    })

    const failure = async (query: Query, caller?: string, at: Paged = here): Promise<string> => {
      try {
        await at.list(query, caller)
      } catch (error) {
        if (isBridgeError(error)) return `${error.reason}: ${error.detail}`
        throw error
      }
      return 'none'
    }
    async function pagesOf(query: Query): Promise<readonly Listed[]> {
      const pages: Listed[] = []
      let cursor: string | undefined = ''
      while (cursor !== undefined) {
        const page: Listed = await here.list({ ...query, cursor })
        pages.push(page)
        cursor = page.next
      }
      return pages
    }

    for (const query of queries) {
      it(`shows everybody in order, and back: ${JSON.stringify(query)}`, async () => {
        const whole = await here.list({ ...query, count: 1000 })
        expect(whole.ids).toHaveLength(people)
        for (const count of [1, 4, 7, people, 100]) {
          const pages = await pagesOf({ ...query, count })
          expect(
            pages.flatMap(({ ids }) => ids),
            `pages of ${count}`,
          ).toEqual(whole.ids)
          // 21 is a multiple of 7: the last full page is the last page
          expect(pages).toHaveLength(Math.ceil(people / count))
          for (const [i, page] of pages.entries()) {
            expect(page.items).toBe(page.ids.length)
            expect(page.body['startIndex']).toBeUndefined()
            expect(page.previous === undefined, `page ${i}`).toBe(i === 0)
            if (page.total !== undefined) expect(page.total).toBe(people)
            if (page.previous === undefined) continue
            const back = await here.list({ ...query, count, cursor: page.previous })
            expect(back.ids).toEqual(pages[i - 1]?.ids)
            expect(back.previous === undefined).toBe(i === 1)
            const forth = await here.list({ ...query, count, cursor: back.next ?? 'none' })
            expect(forth.ids).toEqual(page.ids)
          }
          let page = pages.at(-1)
          const seen = [...(page?.ids ?? [])]
          while (page?.previous !== undefined) {
            page = await here.list({ ...query, count, cursor: page.previous })
            seen.unshift(...page.ids)
          }
          expect(seen, `back by pages of ${count}`).toEqual(whole.ids)
        }
      })
    }

    it('tells the total on the first page, and leaves it out where nobody has counted', async () => {
      const [first, second] = await pagesOf({ count: 5 })
      expect([first?.total, second?.total]).toEqual([people, undefined])
      expect(second?.body).not.toHaveProperty('totalResults')
      const looking = { filter: 'meta.version ne "x"' }
      expect((await here.list({ ...looking, count: 5, cursor: '' })).total).toBeUndefined()
      expect((await here.list({ ...looking, count: people, cursor: '' })).total).toBe(people)
      expect((await here.list({ filter: 'userName eq "nobody"', cursor: '' })).body).toMatchObject({
        totalResults: 0,
        itemsPerPage: 0,
      })
    })

    it('shows nobody and tells the total for a count of 0 or less', async () => {
      for (const count of [0, -1, -1000])
        for (const filter of ['userName sw "p"', 'meta.version ne "x"']) {
          const { ids, total, items, next, previous } = await here.list({ cursor: '', count, filter })
          expect([ids, total, items, next, previous]).toEqual([[], people, 0, undefined, undefined])
        }
    })

    it('pages as the first request said, when the count is left out later', async () => {
      const first = await here.list({ cursor: '', count: 4 })
      expect((await here.list({ cursor: first.next ?? '' })).items).toBe(4)
      const whole = await here.list({ cursor: '' })
      expect([whole.items, whole.next]).toEqual([people, undefined])
    })

    it('refuses another count, too large a count, and a startIndex beside the cursor', async () => {
      const cursor = (await here.list({ cursor: '', count: 4 })).next ?? ''
      for (const count of [3, 5, 0, -4])
        expect(await failure({ cursor, count })).toBe(
          'invalidCount: count must stay the same in all requests of a walk by cursor: 4',
        )
      expect(await failure({ cursor: '', count: 1001 })).toBe('invalidCount: count must not be larger than 1000')
      expect(await failure({ cursor, count: 1001 })).toBe('invalidCount: count must not be larger than 1000')
      expect((await here.list({ cursor: '', count: 1000 })).items).toBe(people)
      for (const startIndex of [1, 0, 5])
        expect(await failure({ cursor: '', startIndex })).toBe(
          'invalidValue: startIndex pages by index and cursor by cursor; give one of them',
        )
    })

    it('refuses the cursor of another query, client or application in the same words as one that was made up', async () => {
      const query: Query = { filter: 'userName sw "p"', sortBy: 'title', count: 4 }
      const cursor = (await here.list({ ...query, cursor: '' })).next ?? ''
      const made = await failure({ ...query, cursor: 'made-up' })
      expect(made).toMatch(/^invalidCursor: /)
      const other = paging({ ...here.app, catalog: { ...here.app.catalog, name: 'another' } }, async () => undefined)
      const refusals = [
        await failure({ ...query, filter: 'userName sw "p1"', cursor }),
        await failure({ sortBy: 'title', count: 4, cursor }),
        await failure({ filter: 'userName sw "p"', count: 4, cursor }),
        await failure({ ...query, sortBy: 'userName', cursor }),
        await failure({ ...query, sortOrder: 'descending', cursor }),
        await failure({ ...query, attributes: ['userName'], cursor }),
        await failure({ ...query, excludedAttributes: ['emails'], cursor }),
        await failure({ ...query, cursor }, 'another client'),
        await failure({ ...query, cursor }, 'test', other),
        await failure({ ...query, cursor: `${cursor.slice(0, -1)}${cursor.endsWith('A') ? 'B' : 'A'}` }),
        await failure({ ...query, cursor: cursor.toUpperCase() }),
      ]
      expect(new Set(refusals)).toEqual(new Set([made]))
      // the same query in other words
      const same = await here.list({
        filter: 'USERNAME sw "p"',
        sortBy: 'Title',
        sortOrder: 'ascending',
        count: 4,
        cursor,
      })
      expect(same.items).toBe(4)
    })

    it('refuses a cursor that is too old', async () => {
      let now = Date.now()
      const app = { ...here.app, cursors: cursors('a secret of at least 32 characters', 60_000, () => now) }
      const late = paging(app, async () => undefined)
      const cursor = (await late.list({ cursor: '', count: 4 })).next ?? ''
      now += 60_001
      expect(await failure({ cursor, count: 4 }, 'test', late)).toBe(
        'expiredCursor: The cursor is older than 60 seconds; begin again with an empty cursor',
      )
    })

    it('goes on in a process that has never seen the walk, when it has the same secret', async () => {
      const secret = 'the same for every replica, long enough'
      const { catalog, store, side } = here.app
      const replica = (): Paged =>
        paging(testApplication({ catalog, store, side, cursors: cursors(secret, 60_000) }), async () => undefined)
      for (const query of queries) {
        const whole = await here.list({ ...query, count: 1000 })
        const seen: string[] = []
        let cursor: string | undefined = ''
        while (cursor !== undefined) {
          const page: Listed = await replica().list({ ...query, cursor, count: 4 })
          seen.push(...page.ids)
          cursor = page.next
        }
        expect(seen).toEqual(whole.ids)
      }
      const elsewhere = testApplication({
        catalog,
        store,
        side,
        cursors: cursors('another secret, long enough too', 60_000),
      })
      const cursor = (await replica().list({ cursor: '', count: 4 })).next ?? ''
      expect(
        await failure(
          { cursor, count: 4 },
          'test',
          paging(elsewhere, async () => undefined),
        ),
      ).toMatch(/^invalidCursor/)
    })

    it('goes on where everybody beyond has gone, and comes back from there', async () => {
      for (const query of queries) {
        const ids: string[] = []
        for (let i = 0; i < 6; i++)
          ids.push(await here.add(`p-gone${i}`, { title: 'ZZ', emails: [{ value: `zz${i}@example.com` }] }))
        const all = (await here.list({ ...query, count: 1000 })).ids
        const count = all.length - 3
        const first = await here.list({ ...query, cursor: '', count })
        for (const id of all.slice(count)) await here.remove(id)
        const empty = await here.list({ ...query, cursor: first.next ?? '', count })
        expect([empty.ids, empty.next]).toEqual([[], undefined])
        const back = await here.list({ ...query, cursor: empty.previous ?? '', count })
        expect(back.ids).toEqual(first.ids)
        const left = (await here.list({ ...query, count: 1000 })).ids
        for (const id of left) await here.remove(id)
        const none = await here.list({ ...query, cursor: empty.previous ?? '', count })
        expect([none.ids, none.previous]).toEqual([[], undefined])
        for (let i = 0; i < people; i++) await here.add(`p${i}`, { ...(i % 3 > 0 && { title: `T${i % 5}` }) })
        expect((await here.list({ ...query, cursor: none.next ?? '', count: count })).ids).toHaveLength(
          Math.min(count, people),
        )
      }
    })

    it('bounds what the bridge looks at for a page, not for a walk', async () => {
      const limits = { ...here.app.limits, scanLimit: 12 }
      const narrow = paging(testApplication({ ...here.app, limits }), async () => undefined)
      const query: Query = { filter: 'meta.version ne "x"', count: 10 }
      expect(await failure(query, 'test', narrow)).toMatch(/^tooMany/)
      const first = await narrow.list({ ...query, cursor: '' })
      expect(first.items).toBe(10)
      expect((await narrow.list({ ...query, cursor: first.next ?? '' })).items).toBe(10)
      expect(await failure({ filter: 'meta.version eq "x"', cursor: '' }, 'test', narrow)).toMatch(/^tooMany/)
    })
  })
}
