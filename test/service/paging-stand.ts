import { bindMemory } from '../../src/backends/memory/store.ts'
import type { JsonObject } from '../../src/base/json.ts'
import type { SideStore } from '../../src/plan/port.ts'
import type { Query, ScimRequest } from '../../src/scim/request.ts'
import type { Application } from '../../src/service/application.ts'
import { handle } from '../../src/service/handle.ts'
import { testApplication, testContext } from '../application.ts'
import { stand } from './stand.ts'

export interface Listed {
  readonly ids: readonly string[]
  readonly total: number | undefined
  readonly items: number
  readonly next: string | undefined
  readonly previous: string | undefined
  readonly body: JsonObject
}

/** An application to page through; `caller` is whose credential it is. */
export interface Paged {
  readonly app: Application
  ask(request: ScimRequest, caller?: string): Promise<JsonObject>
  list(query: Query, caller?: string): Promise<Listed>
  add(userName: string, more?: JsonObject): Promise<string>
  remove(id: string): Promise<void>
  close(): Promise<void>
}

export function paging(app: Application, close: () => Promise<void>): Paged {
  const ask = async (request: ScimRequest, caller = 'test'): Promise<JsonObject> =>
    (await handle(app, request, testContext({ caller: { name: caller, readOnly: false } }))).body ?? {}
  return {
    app,
    ask,
    async list(query, caller) {
      const body = await ask({ kind: 'list', type: 'User', query }, caller)
      const text = (name: string): string | undefined => body[name] as string | undefined
      return {
        ids: (body['Resources'] as readonly JsonObject[]).map(({ id }) => String(id)),
        total: body['totalResults'] as number | undefined,
        items: Number(body['itemsPerPage']),
        next: text('nextCursor'),
        previous: text('previousCursor'),
        body,
      }
    },
    async add(userName, more = {}) {
      const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User']
      const body = await ask({ kind: 'create', type: 'User', body: { schemas, userName, ...more }, show: {} })
      return String(body['id'])
    },
    async remove(id) {
      await ask({ kind: 'delete', type: 'User', id: id as never })
    },
    close,
  }
}

/** The conformance application, whose rows go with a DELETE: in SQLite, and in memory with the same mapping. */
export async function places(): Promise<Readonly<Record<'SQLite' | 'memory', Paged>>> {
  const here = await stand({}, 'conformance-sqlite')
  const { catalog } = here.app
  const store = bindMemory(catalog)
  return {
    SQLite: paging(here.app, here.close),
    memory: paging(testApplication({ catalog, store, side: nothingAside }), () => store.close()),
  }
}

const nothingAside: SideStore = {
  read: async () => new Map(),
  find: async () => [],
  open: async () => [],
  intend: async () => 1,
  settle: async () => undefined,
  drop: async () => undefined,
  forget: async () => undefined,
  walk: async () => [],
  count: async () => 0,
  close: async () => undefined,
}
