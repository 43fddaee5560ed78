import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { openSideStore } from '../../src/backends/side/store.ts'
import { bindMemory } from '../../src/backends/memory/store.ts'
import { scimId } from '../../src/base/brand.ts'
import { asBridgeError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { compileMapping } from '../../src/mapping/compile.ts'
import type { Store } from '../../src/plan/port.ts'
import { errorAnswer } from '../../src/scim/error-answer.ts'
import type { ScimRequest } from '../../src/scim/request.ts'
import type { Application } from '../../src/service/application.ts'
import type { BulkTime, Reply, RequestContext } from '../../src/service/bridge.ts'
import { bulk } from '../../src/service/bulk/bulk.ts'
import { handle } from '../../src/service/handle.ts'
import { testApplication, testContext } from '../application.ts'
import { bulkOf } from '../wire/bulk.ts'
import { enterpriseSchema } from '../wire/people.ts'

const folder = resolve(import.meta.dirname, '../../mappings')
const mapping = readFileSync(join(folder, 'conformance-sqlite.yaml'), 'utf8')
  .replace(/^backend:\n(?: .*\n)+/m, 'backend: { kind: memory }\n')
  .replaceAll('version: { slot: rev }', 'version: digest')
const catalog = compileMapping(mapping, {
  file: 'memory.yaml',
  env: {},
  readFile: (path) => readFileSync(path, 'utf8'),
})

export const baseUrl = 'http://bridge.example/v2'

/** An application in the reference store. */
export interface BulkStand {
  readonly app: Application
  readonly ask: (request: ScimRequest) => Promise<Reply>
  /** The answer to a bulk request. */
  readonly send: (operations: readonly JsonObject[], more?: Sent) => Promise<{ readonly body: JsonObject }>
  /** Who and which groups are there, by name, with everything that a test changes. */
  readonly state: () => Promise<JsonObject>
  readonly close: () => Promise<void>
}

export interface Sent {
  readonly failOnErrors?: number
  readonly time?: Partial<BulkTime>
  readonly context?: Partial<RequestContext>
}

export function bulkStand(
  between: (store: Store) => Store = (store) => store,
  parts: Partial<Application> = {},
): BulkStand {
  const store = between(bindMemory(catalog))
  const side = openSideStore(':memory:', catalog.name)
  const app = testApplication({ catalog, store, side, ...parts })
  const ask = (request: ScimRequest): Promise<Reply> => handle(app, request, testContext({ baseUrl }))
  return {
    app,
    ask,
    async send(operations, { failOnErrors, time, context } = {}) {
      const body = bulkOf(operations, failOnErrors === undefined ? {} : { failOnErrors })
      const within = { operation: 5_000, whole: 20_000, ...time }
      const reply = await bulk(app, body, testContext({ baseUrl, ...context }), within)
      if (reply.body === undefined) throw new Error('a bulk request is answered with a body')
      return { body: reply.body }
    },
    async state() {
      const list = async (type: string): Promise<readonly JsonObject[]> => {
        const { body } = await ask({ kind: 'list', type, query: { count: 1000 } })
        return body?.['Resources'] as readonly JsonObject[]
      }
      const [users, groups] = [await list('User'), await list('Group')]
      const names = new Map(
        [...users, ...groups].map((one) => [one['id'], String(one['userName'] ?? one['displayName'])]),
      )
      const named = (value: unknown): string => names.get(String(value)) ?? `unknown ${String(value)}`
      const sorted = (entries: readonly (readonly [string, JsonObject | string[]])[]): JsonObject =>
        Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
      return {
        users: sorted(
          users.map((one) => {
            const manager = (one[enterpriseSchema] as JsonObject | undefined)?.['manager'] as JsonObject | undefined
            const led = manager === undefined ? '' : named(manager['value'])
            return [String(one['userName']), { title: one['title'] ?? null, manager: led }] as const
          }),
        ),
        groups: sorted(
          groups.map((one) => {
            const members = (one['members'] ?? []) as readonly JsonObject[]
            return [String(one['displayName']), members.map(({ value }) => named(value)).sort()] as const
          }),
        ),
      }
    },
    async close() {
      await store.close()
      await side.close()
    },
  }
}

/** The status of a single request, as a bulk result has it. */
export async function statusOf(asked: Promise<Reply>): Promise<string> {
  try {
    return String((await asked).status)
  } catch (error) {
    return String(errorAnswer(asBridgeError(error), '').status)
  }
}

/** The request that one operation without references stands for. */
export function requestOf(operation: JsonObject): ScimRequest {
  const [, endpoint = '', name = ''] = String(operation['path']).split('/')
  const type = endpoint === 'Users' ? 'User' : 'Group'
  const body = operation['data'] ?? null
  switch (operation['method']) {
    case 'POST':
      return { kind: 'create', type, body, show: {} }
    case 'PUT':
      return { kind: 'replace', type, id: scimId(name), body, show: {} }
    case 'PATCH':
      return { kind: 'patch', type, id: scimId(name), body, show: {} }
    default:
      return { kind: 'delete', type, id: scimId(name) }
  }
}
