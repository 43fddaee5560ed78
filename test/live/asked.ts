import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSideStore } from '../../src/backends/side/store.ts'
import type { Json, JsonObject } from '../../src/base/json.ts'
import { requestOf } from '../../src/cli/explain.ts'
import { loadApplication } from '../../src/cli/load.ts'
import { openBridge } from '../../src/service/open-bridge.ts'
import { testApplication, testContext } from '../application.ts'
import type { LivePeople } from '../large/live-place.ts'
import type { Logged } from '../servers/watch-statements.ts'

/** What a request was answered, and what the server was asked for it. */
export interface Asked {
  readonly status: number
  readonly body: JsonObject | undefined
  readonly log: readonly Logged[]
  /** Milliseconds until the answer was whole. */
  readonly took: number
}

export interface Asker {
  ask(method: string, path: string, body?: Json): Promise<Asked>
  close(): Promise<void>
}

/** The bridge over a database with people in it, in this process; what it asks is read from the server's own log. */
export async function asker({ database, mapping }: LivePeople): Promise<Asker> {
  const folder = mkdtempSync(join(tmpdir(), 'scim-bridge-asked-'))
  const { catalog, backend } = loadApplication(mapping, { env: { DATABASE_URL: database.url } })
  const store = await backend.open(catalog)
  const side = openSideStore(join(folder, 'side.db'), 'large')
  const bridge = openBridge(
    testApplication({
      catalog,
      store,
      side,
    }),
  )
  // what a new connection sets is not what a request says
  await store.ping(AbortSignal.timeout(10_000))
  const watch = await database.watch()
  return {
    async ask(method, path, body) {
      await watch.take()
      const request = requestOf(catalog, method, path, body)
      const context = testContext({ signal: AbortSignal.timeout(60_000) })
      const since = performance.now()
      const { status, body: whole, stream } = await bridge.handle(request, context)
      let text = ''
      for await (const piece of stream ?? []) text += piece
      const took = performance.now() - since
      const parsed = stream === undefined ? whole : (JSON.parse(text) as JsonObject)
      return { status, body: parsed, log: await watch.take(), took }
    },
    async close() {
      await store.close()
      await side.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
