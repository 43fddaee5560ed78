import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import type { Place, Seeded } from './place.ts'
import { startServer } from './server.ts'
import type { Server } from './server.ts'

type Members = readonly { readonly value: string; readonly type?: string }[]
const membersOf = (group: JsonObject): Members => group['members'] as unknown as Members

/** A few megabytes of heap for code, and little for data: whoever holds a large list as a whole does not fit in. */
const heap = 96
/** Everything the process takes, in MiB: buffers and the database's own memory are outside of the heap. */
const resident = 256

/** What very many people may cost: the same few megabytes, and the same time for every page. */
export function large(place: Place, count: number): void {
  describe(`${place.name}: ${count} people and a group of all of them in ${heap} MiB`, () => {
    let seeded: Seeded
    let server: Server
    /** For whoever measures; nothing depends on how fast this machine is today. */
    const lasted: string[] = []
    const measure = (what: string, since: number): void => {
      lasted.push(`${what} in ${((performance.now() - since) / 1000).toFixed(1)} s`)
    }
    beforeAll(async () => {
      const since = performance.now()
      seeded = await place.seed(count)
      measure('made', since)
      server = await startServer(seeded, heap)
    }, 180_000)
    afterAll(async () => {
      await server?.stop()
      await seeded?.close()
    })
    const get = async (path: string): Promise<JsonObject> => {
      const response = await server.fetch(path)
      if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
      return (await response.json()) as JsonObject
    }
    const holdsEverybody = (members: Members): void => {
      expect(members).toHaveLength(count + 1)
      expect(new Set(members.map(({ value, type }) => `${type} ${value}`)).size).toBe(count + 1)
      expect(members.filter(({ type }) => type === 'Group')).toHaveLength(1)
    }

    it('walks over everybody', { timeout: 300_000 }, async () => {
      const start = performance.now()
      const seen = new Set<string>()
      const took: number[] = []
      for (let startIndex = 1; startIndex <= count; startIndex += 1000) {
        const since = performance.now()
        const page = await get(`/Users?startIndex=${startIndex}&count=1000`)
        took.push(performance.now() - since)
        expect(page).toMatchObject({
          totalResults: count,
          startIndex,
          itemsPerPage: Math.min(1000, count - startIndex + 1),
        })
        for (const user of page['Resources'] as readonly JsonObject[]) seen.add(String(user['userName']))
      }
      expect(seen.size).toBe(count)
      measure('walked', start)
      // the last pages cost what the first ones cost; twice as much leaves room for a busy machine
      const third = Math.floor(took.length / 3)
      const fastest = (some: readonly number[]): number => Math.min(...some)
      if (third > 5) expect(fastest(took.slice(-third))).toBeLessThan(2 * fastest(took.slice(0, third)) + 5)
    })

    it('walks over everybody in another order', { timeout: 300_000 }, async () => {
      const seen = new Set<string>()
      for (let startIndex = 1; startIndex <= count; startIndex += 1000) {
        const query = `startIndex=${startIndex}&count=1000&sortBy=title&sortOrder=descending&attributes=userName`
        for (const user of (await get(`/Users?${query}`))['Resources'] as readonly JsonObject[])
          seen.add(String(user['userName']))
      }
      expect(seen.size).toBe(count)
    })

    it('reads the group', { timeout: 120_000 }, async () => {
      const start = performance.now()
      const response = await server.fetch(seeded.everybody)
      expect(response.headers.get('transfer-encoding')).toBe('chunked')
      expect(response.headers.get('content-length')).toBeNull()
      expect(response.headers.get('content-type')).toContain('application/scim+json')
      const group = (await response.json()) as JsonObject
      measure('group read', start)
      holdsEverybody(membersOf(group))
      expect(Object.keys(group).sort()).toEqual(['displayName', 'id', 'members', 'meta', 'schemas'])
      expect(membersOf(group).find(({ type }) => type === 'User')).toEqual({
        value: expect.any(String),
        type: 'User',
        display: expect.any(String),
        $ref: expect.stringMatching(/^http.*\/Users\//),
      })
    })

    it('reads the group for several clients at once, and lets others in between', { timeout: 300_000 }, async () => {
      let reading = true
      const groups = Promise.all(Array.from({ length: 4 }, () => get(seeded.everybody))).finally(
        () => (reading = false),
      )
      // four statements on a connection that waits in line with those of the groups
      const { path, total } = place.beside ?? { path: '/Users?count=1&attributes=userName', total: count }
      let others = 0
      for (; reading; others++) expect((await get(path))['totalResults']).toBe(total)
      expect(others).toBeGreaterThan(1)
      for (const group of await groups) holdsEverybody(membersOf(group))
    })

    it('reads all groups, in a list and by .search', { timeout: 120_000 }, async () => {
      const response = await server.fetch('/Groups/.search', {
        method: 'POST',
        headers: { 'content-type': 'application/scim+json' },
        body: JSON.stringify({
          schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
          sortBy: 'displayName',
        }),
      })
      // read at once: a client that lets an answer lie for as long as the other one takes is cut off
      const searched = (await response.json()) as JsonObject
      for (const list of [await get('/Groups'), searched]) {
        expect(list).toMatchObject({ totalResults: 3, itemsPerPage: 3, startIndex: 1 })
        const groups = list['Resources'] as readonly JsonObject[]
        const sizes = new Map(groups.map((group) => [group['displayName'], membersOf(group).length]))
        expect(sizes).toEqual(
          new Map([
            ['Everybody', count + 1],
            ['Ten', 10],
            ['Nobody', 0],
          ]),
        )
      }
    })

    it(
      'shows of every member just what was asked for, and none where none is wanted',
      { timeout: 120_000 },
      async () => {
        const values = await get(`${seeded.everybody}?attributes=members.value`)
        expect(membersOf(values)).toHaveLength(count + 1)
        for (const member of membersOf(values)) expect(Object.keys(member)).toEqual(['value'])
        expect(await get(`${seeded.everybody}?excludedAttributes=members`)).not.toHaveProperty('members')
        const head = await server.fetch(seeded.everybody, { method: 'HEAD' })
        expect([head.status, await head.text()]).toEqual([200, ''])
      },
    )

    it('waits for clients that read slowly', { timeout: 120_000 }, async () => {
      const reading = await Promise.all(Array.from({ length: 8 }, () => readSlowly(server, seeded.everybody)))
      for (const { body, rests } of reading) {
        holdsEverybody(membersOf(JSON.parse(body) as JsonObject))
        expect(rests).toBeGreaterThan(3)
      }
    })

    it('refuses what it would have to hold as a whole', async () => {
      const filter = encodeURIComponent('members[display co "Person"]')
      const response = await server.fetch(`/Groups?filter=${filter}`)
      if (count <= 10_000) expect(response.status).toBe(200)
      else expect(await response.json()).toMatchObject({ status: '400', scimType: 'tooMany' })
    })

    it('has needed no more memory than that', () => {
      const status = readFileSync(join('/proc', String(server.pid), 'status'), 'utf8')
      const most = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024
      expect(most).toBeLessThan(resident)
      lasted.push(`${Math.round(most)} MiB resident at most`)
      process.stdout.write(`${place.name}, ${count} people: ${lasted.join(', ')}\n`)
    })
  })
}

/** Bytes that a slow client takes before it rests. */
const rest = 100_000

/** Takes a little, rests, takes a little more: the connection's buffers are full most of the time. */
function readSlowly(server: Server, path: string): Promise<{ readonly body: string; readonly rests: number }> {
  const { hostname, port, pathname } = new URL(server.url)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) })
    const parts: Buffer[] = []
    let rests = 0
    let since = 0
    socket.on('data', (part: Buffer) => {
      parts.push(part)
      since += part.length
      if (since < rest) return
      since = 0
      rests++
      socket.pause()
      setTimeout(() => socket.resume(), 50)
    })
    socket.on('end', () => resolve({ body: unchunked(Buffer.concat(parts)), rests }))
    socket.on('error', reject)
    socket.write(
      `GET ${pathname}${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAuthorization: Bearer ${server.token}\r\nConnection: close\r\n\r\n`,
    )
  })
}

function unchunked(answer: Buffer): string {
  const parts: Buffer[] = []
  for (let at = answer.indexOf('\r\n\r\n') + 4; ;) {
    const end = answer.indexOf('\r\n', at)
    const length = parseInt(answer.toString('latin1', at, end), 16)
    if (length === 0) return Buffer.concat(parts).toString('utf8')
    if (!Number.isInteger(length)) throw new Error('the answer has no end')
    parts.push(answer.subarray(end + 2, end + 2 + length))
    at = end + 2 + length + 2
  }
}
