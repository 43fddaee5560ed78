import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { ownServer, skipped } from '../servers/with-server.ts'
import type { Own } from '../servers/with-server.ts'
import { patchOf, person } from '../wire/people.ts'
import { large } from './large.ts'
import { people } from './place.ts'
import { startServer } from './server.ts'
import type { Server } from './server.ts'
import { groupIds, seedDirectory, slapdPlace } from './slapd-place.ts'
import type { SeededDirectory } from './slapd-place.ts'

const server = await ownServer('openldap')
if ('missing' in server) skipped('openldap', 'very many people', server)
else {
  large(slapdPlace(server), people)
  oneMember(server, people)
}

/** What one member costs in a group of very many, and a page of a hundred in a list of very many. */
function oneMember(directoryServer: Own<'openldap'>, count: number): void {
  describe(`OpenLDAP: one of ${count}`, () => {
    let seeded: SeededDirectory
    let bridge: Server
    const send = async (method: string, path: string, body?: JsonObject): Promise<JsonObject> => {
      const headers = { 'content-type': 'application/scim+json' }
      const response = await bridge.fetch(path, {
        method,
        ...(body !== undefined && { headers, body: JSON.stringify(body) }),
      })
      const text = await response.text()
      if (response.status >= 300) throw new Error(`${response.status} ${text}`)
      return text === '' ? {} : (JSON.parse(text) as JsonObject)
    }
    beforeAll(async () => {
      seeded = await seedDirectory(directoryServer, count)
      bridge = await startServer(seeded, 96)
    }, 180_000)
    afterAll(async () => {
      await bridge?.stop()
      await seeded?.close()
    })

    it('comes and goes with the same two operations as one of ten', { timeout: 60_000 }, async () => {
      const watch = await seeded.directory.watch()
      const { id } = await send('POST', '/Users', person('newcomer'))
      const took: Record<string, readonly string[]> = {}
      for (const [name, group] of Object.entries(groupIds)) {
        const done: string[] = []
        for (const operation of [
          { op: 'add', path: 'members', value: [{ value: id ?? '' }] },
          { op: 'remove', path: `members[value eq "${String(id)}"]` },
        ]) {
          await watch.take()
          const since = performance.now()
          await send('PATCH', `/Groups/${group}`, patchOf(operation))
          const lasted = performance.now() - since
          process.stdout.write(`OpenLDAP, ${operation.op} of one in ${name}: ${lasted.toFixed(0)} ms\n`)
          const log = await watch.take()
          expect(log.some((one) => one.kind === 'search' && one.attributes.includes('member'))).toBe(false)
          done.push(
            ...log
              .filter(({ kind }) => kind !== 'bind')
              .map(({ text }) => text.replaceAll(group, 'GROUP').replaceAll(/cn=\w+,ou=groups/g, 'NAME')),
          )
        }
        took[name] = done
      }
      expect(took['Ten']).toHaveLength(4)
      expect(took['Everybody']).toEqual(took['Ten'])
    })

    it('is met once by a walk by pages of a hundred', { timeout: 600_000 }, async () => {
      const since = performance.now()
      const seen = new Set<string>()
      for (let startIndex = 1; startIndex <= count; startIndex += 100) {
        const page = await send('GET', `/Users?startIndex=${startIndex}&count=100&attributes=userName`)
        for (const { userName } of page['Resources'] as readonly JsonObject[]) seen.add(String(userName))
      }
      process.stdout.write(
        `OpenLDAP, ${count} people by pages of 100: ${((performance.now() - since) / 1000).toFixed(1)} s\n`,
      )
      expect(seen.size).toBe(count)
    })
  })
}
