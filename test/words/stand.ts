import { expect } from 'vitest'
import { bindMemory } from '../../src/backends/memory/store.ts'
import { openSideStore } from '../../src/backends/side/store.ts'
import { sqlBackend } from '../../src/backends/sql/backend.ts'
import { scimId } from '../../src/base/brand.ts'
import { isBridgeError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { compileMapping } from '../../src/mapping/compile.ts'
import type { Store } from '../../src/plan/port.ts'
import type { ScimRequest } from '../../src/scim/request.ts'
import type { Application } from '../../src/service/application.ts'
import { handle } from '../../src/service/handle.ts'
import { testApplication, testContext } from '../application.ts'
import type { Place } from './places.ts'
export type { Place } from './places.ts'

/** What came of a request: a status with a body, or why it was refused. */
export interface Told {
  readonly status?: number
  readonly body?: JsonObject
  readonly refused?: string
}

/** One mapping over a fresh database and, as the oracle, over the store in memory. */
export interface Words {
  /** Asks the database; a store in memory that was asked the same from the start must tell the same. */
  ask(request: ScimRequest): Promise<Told>
  /** Asks the database alone: what only rows of the application can show. */
  alone(request: ScimRequest): Promise<Told>
  /** Asks a second bridge over the same database, as another process would be. */
  other(request: ScimRequest): Promise<Told>
  /** The statements of one request, without BEGIN and COMMIT. */
  log(request: ScimRequest): Promise<readonly string[]>
  query(sql: string): Promise<readonly unknown[][]>
  close(): Promise<void>
}

export async function words(place: Place, mapping: string, schema: string): Promise<Words> {
  const opened = await place.open(schema)
  const catalog = compileMapping(`version: 1\nbackend: ${opened.backend}\n${mapping}`, {
    file: 'words.yaml',
    env: opened.env,
    readFile: () => '',
  })
  const store = await sqlBackend('.').open(catalog)
  const side = openSideStore(':memory:', 'words')
  const over = (one: Store): Application =>
    testApplication({
      catalog,
      store: one,
      side,
    })
  const apps = { sql: over(store), memory: over(bindMemory(catalog)) }
  let second: Promise<Store> | undefined
  return {
    ask: async (request) => {
      const told = await tell(apps.sql, request)
      expect(told).toEqual(await tell(apps.memory, request))
      return told
    },
    alone: (request) => tell(apps.sql, request),
    other: async (request) => tell(over(await (second ??= sqlBackend('.').open(catalog))), request),
    log: async (request) => (await opened.log(() => tell(apps.sql, request))).filter((text) => !around.test(text)),
    query: (sql) => opened.query(sql),
    close: async () => {
      await store.close()
      await (await second)?.close()
      await side.close()
      await opened.close()
    },
  }
}

/** What begins and ends a transaction, or sets up a connection. */
const around = /^(?:BEGIN|START|COMMIT|ROLLBACK|SET|DO)\b/

async function tell(app: Application, request: ScimRequest): Promise<Told> {
  try {
    const reply = await handle(app, request, testContext())
    return { status: reply.status, ...(reply.body === undefined ? {} : { body: withoutVersion(reply.body) }) }
  } catch (error) {
    if (!isBridgeError(error)) throw error
    return { refused: `${error.reason}: ${error.detail}` }
  }
}

const withoutVersion = (body: JsonObject): JsonObject =>
  JSON.parse(JSON.stringify(body, (key, value: unknown) => (key === 'version' ? undefined : value))) as JsonObject

export { places } from './places.ts'
export { create, find, get, patch, remove } from '../service/stand.ts'
export const replace = (type: string, id: string, body: JsonObject): ScimRequest => ({
  kind: 'replace',
  type,
  id: scimId(id),
  show: {},
  body: { schemas: [`urn:ietf:params:scim:schemas:core:2.0:${type}`], ...body },
})
export const set = (path: string, value: JsonObject[string]): JsonObject => ({ op: 'replace', path, value })
export const idOf = ({ body }: Told): string => String(body?.['id'])
