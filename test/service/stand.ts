import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSideStore } from '../../src/backends/side/store.ts'
import { scimId } from '../../src/base/brand.ts'
import { isBridgeError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { loadApplication } from '../../src/cli/load.ts'
import type { Catalog } from '../../src/mapping/catalog.ts'
import type { SideStore, Store } from '../../src/plan/port.ts'
import type { ScimRequest } from '../../src/scim/request.ts'
import type { Application } from '../../src/service/application.ts'
import type { Reply } from '../../src/service/bridge.ts'
import { handle } from '../../src/service/handle.ts'
import { testApplication, testContext } from '../application.ts'

const mappings = resolve(import.meta.dirname, '../../mappings')

/** The demonstration application behind the service, with a connection of its own beside the bridge. */
export interface Stand {
  readonly app: Application
  readonly legacy: DatabaseSync
  ask(request: ScimRequest): Promise<Reply>
  /** The body of a request that is expected to succeed. */
  body(request: ScimRequest): Promise<JsonObject>
  /** The reason of a request that is expected to fail. */
  failure(request: ScimRequest): Promise<string>
  close(): Promise<void>
}

/** What a test puts between the service and its stores. */
export interface Between {
  readonly store?: (store: Store) => Store
  readonly side?: (side: SideStore) => SideStore
  /** The text of the mapping file. */
  readonly mapping?: (text: string) => string
  readonly catalog?: (catalog: Catalog) => Catalog
}

export async function stand(between: Between = {}, name = 'demo'): Promise<Stand> {
  const folder = mkdtempSync(join(tmpdir(), 'scim-bridge-service-'))
  const file = join(folder, 'legacy.db')
  const legacy = new DatabaseSync(file)
  legacy.exec(readFileSync(join(mappings, `${name}.sql`), 'utf8'))
  const variable = name === 'demo' ? 'SCIM_BRIDGE_DEMO_DB' : 'SCIM_BRIDGE_CONFORMANCE_DB'
  const mapping = join(folder, `${name}.yaml`)
  const said = readFileSync(join(mappings, `${name}.yaml`), 'utf8')
  writeFileSync(mapping, between.mapping?.(said) ?? said)
  const loaded = loadApplication(mapping, { env: { [variable]: file } })
  const { backend } = loaded
  const catalog = between.catalog?.(loaded.catalog) ?? loaded.catalog
  const store = await backend.open(catalog)
  const side = openSideStore(join(folder, 'side.db'), catalog.name)
  const open = await side.open()
  const app = testApplication({
    catalog,
    store: between.store?.(store) ?? store,
    side: between.side?.(side) ?? side,
    unsettled: new Set(open.map((intent) => intent.key)),
  })
  const ask = (request: ScimRequest): Promise<Reply> =>
    handle(app, request, testContext({ baseUrl: 'http://bridge.example/v2' }))
  return {
    app,
    legacy,
    ask,
    body: async (request) => (await ask(request)).body ?? {},
    failure: (request) =>
      ask(request).then(
        () => 'none',
        (error: unknown) => (isBridgeError(error) ? error.reason : String(error)),
      ),
    close: async () => {
      await store.close()
      await side.close()
      legacy.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const user = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const group = 'urn:ietf:params:scim:schemas:core:2.0:Group'

export const get = (type: string, id: string): ScimRequest => ({ kind: 'get', type, id: scimId(id), show: {} })
export const create = (type: string, body: JsonObject): ScimRequest => ({
  kind: 'create',
  type,
  body: { schemas: [type === 'User' ? user : group], ...body },
  show: {},
})
export const patch = (type: string, id: string, ...operations: readonly JsonObject[]): ScimRequest => ({
  kind: 'patch',
  type,
  id: scimId(id),
  body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations },
  show: {},
})
export const remove = (type: string, id: string): ScimRequest => ({ kind: 'delete', type, id: scimId(id) })
export const find = (type: string, filter: string): ScimRequest => ({ kind: 'list', type, query: { filter } })
