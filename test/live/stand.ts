import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSideStore } from '../../src/backends/side/store.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { loadApplication } from '../../src/cli/load.ts'
import { keepingIn } from '../../src/plan/kept.ts'
import { typeNamed } from '../../src/service/application.ts'
import type { Explanation } from '../../src/service/explain.ts'
import { explain, rehearse } from '../../src/service/explain.ts'
import { openBridge } from '../../src/service/open-bridge.ts'
import { testApplication } from '../application.ts'
import type { Example, Mapping } from '../golden/example.ts'
import type { Answer } from '../golden/stand.ts'
import { answerTo, begun, explaining, know, mappings, places, requestOfExample } from '../golden/stand.ts'
import type { SqlServerKind } from '../servers/server.ts'
import type { Logged } from '../servers/watch-statements.ts'
import type { Server } from '../servers/with-server.ts'
import { copyRows, portTables } from './copy-rows.ts'

/** What a golden request meets on a server: the application of its mapping, with the same people. */
export interface LiveStand {
  explain(example: Example, prior: JsonObject | undefined): Promise<Explanation>
  rehearse(example: Example): Promise<Explanation>
  run(example: Example): Promise<Answer & { readonly log: readonly Logged[] }>
  /** As it was at the beginning. */
  reset(): Promise<void>
  close(): Promise<void>
}

export const dialectOf = { mariadb: 'mysql', postgres: 'postgres' } as const satisfies Record<SqlServerKind, string>

/** The mapping of a golden request, over a server. */
function mappingFile(kind: SqlServerKind, mapping: Mapping, folder: string): string {
  const dialect = dialectOf[kind]
  if (mapping !== 'demo') return join(mappings, `conformance-${dialect}.yaml`)
  const file = join(folder, 'demo.yaml')
  const text = readFileSync(join(mappings, 'demo.yaml'), 'utf8')
  const section = `backend: { kind: sql, dialect: ${dialect}, url: "\${DATABASE_URL}" }\n`
  writeFileSync(file, text.replace(/^backend:\n(?: .*\n)+/m, section))
  return file
}

export async function openLiveStand(server: Server, mapping: Mapping): Promise<LiveStand> {
  const { kind } = server
  const folder = mkdtempSync(join(tmpdir(), 'scim-bridge-live-'))
  const legacy = new DatabaseSync(':memory:')
  legacy.exec(readFileSync(join(mappings, `${mapping}.sql`), 'utf8') + places[mapping].seed)
  const database = await server.freshDatabase(
    mapping === 'demo'
      ? { sql: portTables(legacy, kind), name: 'golden' }
      : { script: join(mappings, `conformance-${dialectOf[kind]}.sql`), name: 'golden' },
  )
  const client = database.client('admin')
  const reset = () => copyRows(legacy, kind, client)
  await reset()
  const { catalog, backend } = loadApplication(mappingFile(kind, mapping, folder), {
    env: { DATABASE_URL: database.url },
  })
  const app = testApplication({
    catalog,
    store: await backend.open(catalog),
    side: openSideStore(join(folder, 'side.db'), mapping),
  })
  await know(app.side)
  const bridge = openBridge(app)
  // what a new connection sets is not what a request says
  await app.store.ping(AbortSignal.timeout(10_000))
  const watch = await database.watch()
  return {
    explain: async (example, prior) => explain(explaining(app), requestOfExample(catalog, example), prior),
    rehearse: async (example) => rehearse(explaining(app), requestOfExample(catalog, example)),
    async run(example) {
      const request = await begun(bridge, requestOfExample(catalog, example))
      await watch.take()
      const answer = await answerTo(bridge, request)
      return { ...answer, log: await watch.take() }
    },
    async reset() {
      await reset()
      // who waits for somebody is asked for after a write
      for (const { type } of catalog.types)
        for (const { slot } of keepingIn(typeNamed(app, type.name)))
          for (const { id } of await app.side.walk(type.name, slot.key, undefined, 1000))
            await app.side.forget(type.name, id)
    },
    async close() {
      await app.store.close()
      await app.side.close()
      await client.close()
      await database.drop()
      legacy.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
