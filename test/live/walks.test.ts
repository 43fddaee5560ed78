import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { livePlace } from '../large/live-place.ts'
import type { Place, Seeded } from '../large/place.ts'
import { startServer } from '../large/server.ts'
import type { Server } from '../large/server.ts'
import { seedDirectory } from '../large/slapd-place.ts'
import { sqlitePlace } from '../large/sqlite-place.ts'
import { describeServer, ownServer, skipped } from '../servers/with-server.ts'
import { person } from '../wire/people.ts'

const people = 3_000
const pageSize = 100
const secret = 'what all replicas of this test share with each other'

interface Page {
  readonly Resources: readonly { readonly id: string; readonly userName: string }[]
  readonly totalResults?: number
  readonly itemsPerPage: number
  readonly nextCursor?: string
  readonly previousCursor?: string
}

/** Walks through very many people, while every tenth of those who were shown goes and others come. */
function walks({ name, seed }: Place): void {
  describe(`${name}: a walk through ${people} people`, () => {
    let seeded: Seeded
    let server: Server
    let made = 0
    beforeAll(async () => {
      seeded = await seed(people)
      server = await startServer(seeded, 256, secret)
    }, 180_000)
    afterAll(async () => {
      await server?.stop()
      await seeded?.close()
    })
    const send = async (method: string, path: string, body?: object): Promise<Response> => {
      const headers = { 'content-type': 'application/scim+json' }
      const response = await server.fetch(path, { method, ...(body && { headers, body: JSON.stringify(body) }) })
      if (response.status >= 300) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
      return response
    }
    const get = async (query: string): Promise<Page> =>
      (await (await send('GET', `/Users?count=${pageSize}&attributes=userName${query}`)).json()) as Page
    const everybody = async (): Promise<ReadonlySet<string>> => {
      const all = (await (await send('GET', '/Users?count=1000&attributes=userName')).json()) as Page
      const ids = new Set(all.Resources.map(({ id }) => id))
      for (let startIndex = 1001; startIndex <= (all.totalResults ?? 0); startIndex += 1000) {
        const more = await send('GET', `/Users?count=1000&attributes=userName&startIndex=${startIndex}`)
        for (const { id } of ((await more.json()) as Page).Resources) ids.add(id)
      }
      return ids
    }

    for (const [method, order] of [
      ['index', ''],
      ['cursor', ''],
      ['index', '&sortBy=title&sortOrder=descending'],
      ['cursor', '&sortBy=title&sortOrder=descending'],
    ] as const) {
      it(`by ${method} shows whoever stays exactly once${order}`, { timeout: 300_000 }, async () => {
        const before = await everybody()
        const gone = new Set<string>()
        const seen: string[] = []
        let reached = 0
        for (let next: string | undefined = method === 'cursor' ? '&cursor=' : '&startIndex=1'; next !== undefined;) {
          const page: Page = await get(next + order)
          expect(page.itemsPerPage).toBe(page.Resources.length)
          seen.push(...page.Resources.map(({ id }) => id))
          reached += page.itemsPerPage
          if (method === 'cursor') next = page.nextCursor && `&cursor=${page.nextCursor}`
          else next = reached < (page.totalResults ?? 0) ? `&startIndex=${reached + 1}` : undefined
          for (const { id } of page.Resources.filter((_, i) => i % 10 === 0)) {
            await send('DELETE', `/Users/${id}`)
            gone.add(id)
          }
          if (reached % 500 === 0)
            await send('POST', '/Users', person(`newcomer-${made++}`, { title: `Title ${made}` }))
        }
        expect(gone.size).toBeGreaterThan(100)
        expect(new Set(seen).size, 'nobody is shown twice').toBe(seen.length)
        const staying = [...before].filter((id) => !gone.has(id))
        expect(staying.filter((id) => !seen.includes(id))).toEqual([])
      })
    }

    it('comes back by previousCursor to where it began', { timeout: 60_000 }, async () => {
      const first = await get('&cursor=')
      const second = await get(`&cursor=${first.nextCursor}`)
      const third = await get(`&cursor=${second.nextCursor}`)
      const back = await get(`&cursor=${third.previousCursor}`)
      expect(back.Resources).toEqual(second.Resources)
      const begin = await get(`&cursor=${back.previousCursor}`)
      expect(begin.Resources).toEqual(first.Resources)
      expect(begin.previousCursor).toBeUndefined()
      expect(first.previousCursor).toBeUndefined()
    })

    it('goes on in another replica, which has seen nothing of the walk', { timeout: 120_000 }, async () => {
      const all = await everybody()
      const other = await startServer(seeded, 256, secret)
      try {
        for (const order of ['', '&sortBy=title']) {
          const seen: string[] = []
          for (let cursor: string | undefined = '', turn = 0; cursor !== undefined; turn++) {
            const at: Server = turn % 3 === 1 ? other : server
            const response: Response = await at.fetch(
              `/Users?count=${pageSize}&attributes=userName${order}&cursor=${cursor}`,
            )
            const page = (await response.json()) as Page
            seen.push(...page.Resources.map(({ id }) => id))
            cursor = page.nextCursor
          }
          expect(seen).toHaveLength(all.size)
          expect(new Set(seen)).toEqual(all)
        }
      } finally {
        await other.stop()
      }
    })
  })
}

walks(sqlitePlace)
for (const kind of ['mariadb', 'postgres'] as const)
  await describeServer(kind, 'walks', (server) => walks(livePlace(server)))

const directory = await ownServer('openldap')
if ('missing' in directory) skipped('openldap', 'walks', directory)
else walks({ name: 'OpenLDAP', seed: (count) => seedDirectory(directory, count, 200) })
