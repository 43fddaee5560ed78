import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSideStore } from '../../src/backends/side/store.ts'
import { scimId } from '../../src/base/brand.ts'
import { BridgeError, isBridgeError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { isObject } from '../../src/base/json.ts'
import { loadApplication } from '../../src/cli/load.ts'
import type { SideStore, Store } from '../../src/plan/port.ts'
import type { ScimRequest } from '../../src/scim/request.ts'
import type { Application } from '../../src/service/application.ts'
import { handle } from '../../src/service/handle.ts'
import { endLinking } from '../../src/service/kept.ts'
import { lookForThem } from '../../src/service/look-for.ts'
import { settleOpen } from '../../src/service/sweep.ts'
import { testApplication, testContext } from '../application.ts'
import { environment } from '../golden/ldap-people.ts'
import { mappings } from '../golden/stand.ts'
import { withServer, skipped } from '../servers/with-server.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const manager = `${enterprise}:manager`
const key = `kept:User.${manager}`

interface Home {
  readonly mapping: string
  readonly env: Readonly<Record<string, string>>
  drop(): Promise<void>
}

const sqlHome = (kind: 'mariadb' | 'postgres', dialect: string) => async () => {
  const server = await withServer(kind)
  if ('missing' in server) return server
  return async (): Promise<Home> => {
    const database = await server.freshDatabase({ script: join(mappings, `conformance-${dialect}.sql`), name: 'kept' })
    return {
      mapping: readFileSync(join(mappings, `conformance-${dialect}.yaml`), 'utf8'),
      env: { DATABASE_URL: database.url },
      drop: () => database.drop(),
    }
  }
}

const directoryHome = async () => {
  const server = await withServer('openldap')
  if ('missing' in server) return server
  return async (): Promise<Home> => {
    const directory = await server.freshDirectory({ overlays: true })
    const { url, account, suffix } = directory
    return {
      mapping: readFileSync(join(mappings, 'openldap.yaml'), 'utf8').replace(
        /(match: \[id, userName[^\]]*\])/,
        '$1, onUnknown: keep',
      ),
      env: {
        ...environment(suffix, 'memberOf'),
        ...{ LDAP_URL: url, LDAP_BIND_DN: account.dn, LDAP_BIND_PASSWORD: account.password },
      },
      drop: () => directory.drop(),
    }
  }
}

const sqliteHome = async () => async (): Promise<Home> => {
  const folder = mkdtempSync(join(tmpdir(), 'scim-bridge-kept-'))
  return {
    mapping: readFileSync(join(mappings, 'conformance-sqlite.yaml'), 'utf8'),
    env: {
      SCIM_BRIDGE_CONFORMANCE_DB: join(folder, 'people.db'),
      SCIM_BRIDGE_CONFORMANCE_SQL: join(mappings, 'conformance-sqlite.sql'),
    },
    drop: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** An application that may be ended as a killed process ends: nothing is finished, and the side store stays. */
interface Place {
  readonly app: Application
  ask(request: ScimRequest): Promise<JsonObject>
}

const servers = [
  ['sqlite', await sqliteHome()],
  ['mariadb', await sqlHome('mariadb', 'mysql')()],
  ['postgres', await sqlHome('postgres', 'postgres')()],
  ['openldap', await directoryHome()],
] as const

for (const [kind, open] of servers) {
  const title = `a manager who comes to be at the same time, on ${kind}`
  if (typeof open !== 'function') {
    skipped(kind as 'mariadb', title, open)
    continue
  }
  describe(title, () => {
    let home: Home
    let folder: string
    const ends: (() => Promise<void>)[] = []
    beforeEach(async () => {
      home = await open()
      folder = mkdtempSync(join(tmpdir(), 'scim-bridge-kept-'))
    })
    afterEach(async () => {
      for (const end of ends.splice(0).reverse()) await end()
      await home.drop()
      rmSync(folder, { recursive: true, force: true })
    })

    async function start(
      between: { side?: (side: SideStore) => SideStore; store?: (store: Store) => Store } = {},
    ): Promise<Place> {
      const file = join(folder, 'people.yaml')
      writeFileSync(file, home.mapping)
      const { catalog, backend } = loadApplication(file, { env: home.env })
      const store = await backend.open(catalog)
      const side = openSideStore(join(folder, 'side.db'), 'people')
      const app = testApplication({
        catalog,
        store: between.store?.(store) ?? store,
        side: between.side?.(side) ?? side,
        unsettled: new Set((await side.open()).map((intent) => intent.key)),
      })
      ends.push(async () => {
        await endLinking(app)
        await store.close()
        await side.close()
      })
      await settleOpen(app)
      return {
        app,
        ask: async (request) =>
          (await handle(app, request, testContext({ signal: AbortSignal.timeout(20_000) }))).body ?? {},
      }
    }

    const create = (userName: string, more: JsonObject = {}): ScimRequest => ({
      kind: 'create',
      type: 'User',
      body: { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName, ...more },
      show: {},
    })
    const set = (id: string, value: string): ScimRequest => ({
      kind: 'patch',
      type: 'User',
      id: scimId(id),
      body: {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
        Operations: [{ op: 'replace', path: manager, value }],
      },
      show: {},
    })
    const person = async ({ ask }: Place, userName: string, more?: JsonObject): Promise<string> =>
      String((await ask(create(userName, more)))['id'])
    const managerOf = async ({ ask }: Place, id: string): Promise<unknown> => {
      const extension = (await ask({ kind: 'get', type: 'User', id: scimId(id), show: {} }))[enterprise]
      const value = isObject(extension) ? extension['manager'] : undefined
      return isObject(value) ? value['value'] : undefined
    }
    const until = async (is: () => Promise<boolean>): Promise<void> => {
      for (const end = Date.now() + 15_000; !(await is()); await sleep(30))
        if (Date.now() > end) throw new Error('it never came to be')
    }
    const soon = { lot: 10, between: 1, round: 50 }

    it('is linked by whoever comes last, many times over', async () => {
      const place = await start()
      for (let round = 0; round < 15; round++) {
        const name = `late-${round}`
        const workers = await Promise.all([0, 1, 2].map((i) => person(place, `w-${round}-${i}`)))
        const [boss, made] = await Promise.all([
          person(place, name, { emails: [{ value: `${name}@example.com`, type: 'work', primary: true }] }),
          person(place, `n-${round}`, { [enterprise]: { manager: `${name}@example.com` } }),
          ...workers.map((id) => place.ask(set(id, name))),
        ])
        for (const id of [...workers, made]) expect(await managerOf(place, id), `round ${round}`).toBe(boss)
      }
      expect(await place.app.side.count('User', key)).toBe(0)
    })

    it('is linked when they were made between the look for them and the moment in which the name was kept', async () => {
      let meanwhile: (() => Promise<unknown>) | undefined
      const side = (real: SideStore): SideStore => ({
        ...real,
        settle: async (intent, id) => {
          const work = meanwhile
          meanwhile = undefined
          await work?.()
          return real.settle(intent, id)
        },
      })
      const place = await start({ side })
      const id = await person(place, 'worker')
      let boss = ''
      // the write is committed, and what it could not find is not kept yet
      meanwhile = async () => {
        boss = await person(place, 'late')
      }
      await place.ask(set(id, 'late'))
      expect(boss).not.toBe('')
      expect(await managerOf(place, id)).toBe(boss)
    })

    it('is linked after a start when the process died before the name was kept', async () => {
      let dead = false
      const side = (real: SideStore): SideStore => ({
        ...real,
        settle: (intent, id) => (dead ? Promise.reject(new Error('dead')) : real.settle(intent, id)),
      })
      const first = await start({ side })
      const id = await person(first, 'worker')
      dead = true
      await expect(first.ask(set(id, 'late'))).rejects.toThrow('dead')
      const second = await start()
      const boss = await person(second, 'late')
      expect(await managerOf(second, id)).toBe(boss)
    })

    it('is linked after a start when the process died before it linked', async () => {
      let dead = false
      const side = (real: SideStore): SideStore => ({
        ...real,
        find: (...of) => (dead ? Promise.reject(new BridgeError('unavailable', 'dead')) : real.find(...of)),
      })
      const first = await start({ side })
      const id = await person(first, 'worker', { [enterprise]: { manager: 'late' } })
      dead = true
      const boss = await person(first, 'late')
      expect(await managerOf(first, id)).toBeUndefined()
      const second = await start()
      const looking = lookForThem(second.app, soon)
      await until(async () => (await managerOf(second, id)) === boss)
      await looking.stop()
      expect(await second.app.side.count('User', key)).toBe(0)
    })

    it('is linked once when the process died after it had linked', async () => {
      let dead = false
      const side = (real: SideStore): SideStore => ({
        ...real,
        settle: (intent, id) => (dead ? Promise.reject(new Error('dead')) : real.settle(intent, id)),
      })
      const first = await start({ side })
      const id = await person(first, 'worker', { [enterprise]: { manager: 'late' } })
      const other = await person(first, 'other')
      const boss = await person(first, 'unnamed')
      dead = true
      await first
        .ask({
          kind: 'patch',
          type: 'User',
          id: scimId(boss),
          body: {
            schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
            Operations: [{ op: 'replace', path: 'userName', value: 'late' }],
          },
          show: {},
        })
        .catch((error: unknown) => {
          if (!(error instanceof Error) || isBridgeError(error)) throw error
        })
      const second = await start()
      expect(await managerOf(second, id)).toBe(boss)
      expect(await second.app.side.count('User', key)).toBe(0)
      await second.ask(set(id, other))
      expect(await managerOf(second, id)).toBe(other)
    })
  })
}
