import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { offlineDatabase } from '../../src/backends/sql/database.ts'
import { dialectNamed } from '../../src/backends/sql/dialects.ts'
import { sqlStore } from '../../src/backends/sql/store.ts'
import { openSideStore } from '../../src/backends/side/store.ts'
import { scimId } from '../../src/base/brand.ts'
import { isBridgeError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { isObject } from '../../src/base/json.ts'
import { requestOf } from '../../src/cli/explain.ts'
import { loadApplication } from '../../src/cli/load.ts'
import type { Catalog } from '../../src/mapping/catalog.ts'
import { defaultLimits } from '../../src/plan/limits.ts'
import type { SideStore } from '../../src/plan/port.ts'
import type { ScimRequest } from '../../src/scim/request.ts'
import type { Application } from '../../src/service/application.ts'
import type { Bridge } from '../../src/service/bridge.ts'
import { assumedCursors } from '../../src/service/cursors.ts'
import { explain, offlineApplication, rehearse } from '../../src/service/explain.ts'
import type { Explanation } from '../../src/service/explain.ts'
import { openBridge } from '../../src/service/open-bridge.ts'
import { testApplication, testContext } from '../application.ts'
import { record } from '../sqlite-log.ts'
import type { Example, Mapping } from './example.ts'
import type { LdapExample } from './ldap-requests.ts'

/** What a client is told: a status and what it depends on. */
export interface Answer {
  readonly told: string
  readonly body: JsonObject | undefined
}

export interface Stand {
  /** Without a database, as the command line does it. Rejects with BridgeError. */
  explain(example: Example, prior: JsonObject | undefined): Promise<Explanation>
  /** The same by another dialect. */
  explainAs(dialect: string, example: Example, prior: JsonObject | undefined): Promise<Explanation>
  /** By what serves requests, which has looked at the schema and at the side store. Rejects with BridgeError. */
  explainLive(example: Example, prior: JsonObject | undefined): Promise<Explanation>
  /** What `explain --dry-run` tells: the writes as the database took them, undone. */
  rehearse(example: Example): Promise<Explanation>
  run(example: Example): Promise<Answer & { readonly log: readonly string[] }>
  close(): Promise<void>
}

export const mappings = resolve(import.meta.dirname, '../../mappings')

export const places = {
  demo: { variable: 'SCIM_BRIDGE_DEMO', seed: '' },
  'conformance-sqlite': {
    variable: 'SCIM_BRIDGE_CONFORMANCE',
    seed: readFileSync(join(import.meta.dirname, 'conformance-seed.sql'), 'utf8'),
  },
} as const

/** A shipped mapping over a fresh database of its own. */
export async function openStand(mapping: Mapping): Promise<Stand> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'scim-bridge-golden-'))
  const { variable, seed } = places[mapping]
  const file = join(folder, 'legacy.db')
  const script = join(folder, 'legacy.sql')
  writeFileSync(script, readFileSync(join(mappings, `${mapping}.sql`), 'utf8') + seed)
  const { catalog, backend, store } = loadApplication(join(mappings, `${mapping}.yaml`), {
    env: { [`${variable}_DB`]: file, [`${variable}_SQL`]: script },
  })
  const offline = offlineApplication({ catalog, store, limits: defaultLimits })
  const app = testApplication({
    catalog,
    store: await backend.open(catalog),
    side: openSideStore(join(folder, 'side.db'), mapping),
  })
  await know(app.side)
  const bridge = openBridge(app)
  const requestFor = (example: Example): ScimRequest => requestOfExample(catalog, example)
  return {
    explain: async (example, prior) => explain(offline, requestFor(example), prior),
    explainAs: async (name, example, prior) => {
      const dialect = dialectNamed(name)
      if (dialect === undefined) throw new Error(`no dialect ${name}`)
      const other = sqlStore(offlineDatabase(dialect, catalog), undefined)
      return explain(offlineApplication({ catalog, store: other, limits: defaultLimits }), requestFor(example), prior)
    },
    explainLive: async (example, prior) => explain(explaining(app), requestFor(example), prior),
    rehearse: async (example) => rehearse(explaining(app), requestFor(example)),
    async run(example) {
      const request = await begun(bridge, requestFor(example))
      const recorder = record((database) => database.location() === file)
      try {
        return { ...(await answerTo(bridge, request)), log: [...recorder.log] }
      } finally {
        recorder.stop()
      }
    },
    async close() {
      await app.store.close()
      await app.side.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export const requestOfExample = (
  catalog: Catalog,
  { method, path, body }: Pick<Example, 'method' | 'path' | 'body'>,
): ScimRequest => requestOf(catalog, method, encodeURI(path).replaceAll('+', '%2B'), body)

/** As the command line explains by an open backend: it cannot open the cursors of a server. */
export const explaining = (app: Application): Application => ({ ...app, cursors: assumedCursors })

/** `cursor=NEXT` is the one that the first page gives. */
export async function begun(bridge: Bridge, request: ScimRequest): Promise<ScimRequest> {
  if (request.kind !== 'list' || request.query.cursor !== 'NEXT') return request
  const first = { ...request, query: { ...request.query, cursor: '' } }
  const { body } = await bridge.handle(first, testContext())
  return { ...first, query: { ...first.query, cursor: String(body?.['nextCursor']) } }
}

/** The same with the header that the HTTP floor reads of changes. */
export function ldapRequest(catalog: Catalog, example: LdapExample, tag = example.headers?.['If-Match']): ScimRequest {
  const request = requestOfExample(catalog, example)
  if (tag === undefined || !('id' in request) || request.kind === 'get') return request
  return { ...request, ifMatch: [tag] }
}

/** One value that no database holds. */
export async function know(side: SideStore): Promise<void> {
  const intent = await side.intend({
    type: 'User',
    id: scimId('1013'),
    values: { 'side:externalId': 'hr-1013' },
    evidence: { unique: {}, digest: '' },
  })
  await side.settle(intent, scimId('1013'))
}

export async function answerTo(bridge: Bridge, request: ScimRequest): Promise<Answer> {
  const signal = new AbortController().signal
  try {
    const { status, body } = await bridge.handle(request, testContext({ signal }))
    const total = body?.['totalResults']
    return { told: `${status}${typeof total === 'number' ? `, totalResults ${total}` : ''}`, body }
  } catch (error) {
    if (!isBridgeError(error)) throw error
    return { told: `${error.reason}: ${error.detail}`, body: undefined }
  }
}

/** The resource that a change is about, read just before it. */
export async function priorOf(
  stand: { run(example: Example): Promise<Answer> },
  example: Example,
): Promise<JsonObject | undefined> {
  if (example.method !== 'PUT' && example.method !== 'PATCH') return undefined
  const { body } = await stand.run({ title: '', mapping: example.mapping, method: 'GET', path: example.path })
  return isObject(body) ? body : undefined
}
