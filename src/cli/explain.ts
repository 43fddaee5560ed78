import { readFileSync } from 'node:fs'
import { openSideStore } from '../backends/side/store.ts'
import { BridgeError } from '../base/errors.ts'
import { scimId } from '../base/brand.ts'
import type { Json, JsonObject } from '../base/json.ts'
import { isObject } from '../base/json.ts'
import type { Catalog } from '../mapping/catalog.ts'
import { applicationName } from '../config.ts'
import { defaultLimits } from '../plan/limits.ts'
import { readQuery } from '../http/query.ts'
import { readSearch } from '../scim/messages.ts'
import type { ScimRequest } from '../scim/request.ts'
import type { Application } from '../service/application.ts'
import { explain as explainRequest, offlineApplication, rehearse } from '../service/explain.ts'
import type { Explanation } from '../service/explain.ts'
import { command } from './command.ts'
import { loadApplication } from './load.ts'
import type { Loaded } from './load.ts'
import { printExplanation } from './print-explanation.ts'

const spec = {
  name: 'explain',
  summary:
    'Prints what a request would do: the plan and the native operations. Opens neither server nor database, save with --live and --dry-run.',
  operands: { shown: '<mapping.yaml> <METHOD> <path>', least: 3, most: 3 },
  options: {
    body: { type: 'string', value: '<file>', description: 'body of the request, as JSON; - is standard input' },
    prior: { type: 'string', value: '<file>', description: 'resource to assume as held, as JSON; else nothing is' },
    profile: { type: 'string', value: '<name>', description: 'client dialect: tolerant, strict, …' },
    live: {
      type: 'boolean',
      description:
        'looks at the schema first, as a server does at its start: exactly what the log of the database will show',
    },
    'dry-run': { type: 'boolean', description: 'reads what is held from the backend itself, and writes nothing' },
    'side-store': { type: 'string', value: '<file>', description: 'file of the side store, for --live and --dry-run' },
  },
} as const

export const explain = command(spec, async (options, [file = '', method = '', path = ''], { env, print }) => {
  const loaded = loadApplication(file, { env, profile: options.profile })
  const body = options.body === undefined ? undefined : readJson(options.body)
  const prior = options.prior === undefined ? undefined : readResource(options.prior)
  const passed = passedOn(loaded.catalog, method.toUpperCase(), path)
  if (passed !== undefined) {
    print(passed)
    return
  }
  const request = requestOf(loaded.catalog, method.toUpperCase(), path, body)
  if (options['dry-run'] !== true && options.live !== true) {
    const app = offlineApplication({ ...loaded, limits: defaultLimits })
    print(printExplanation(await explainRequest(app, request, prior)))
    return
  }
  const sideFile = options['side-store'] ?? './data/side.db'
  print(
    printExplanation(
      await opened(loaded, sideFile, applicationName(file), (app) =>
        // a rehearsal is told by the open backend, too
        options['dry-run'] === true ? rehearse(app, request) : explainRequest(app, request, prior),
      ),
    ),
  )
})

/** Opens the backend for one request that leaves nothing behind. */
async function opened(
  { catalog, backend }: Loaded,
  sideFile: string,
  name: string,
  tell: (app: Application) => Promise<Explanation>,
): Promise<Explanation> {
  const store = await backend.open(catalog)
  const side = openSideStore(sideFile, name)
  try {
    return await tell({ ...offlineApplication({ catalog, store, limits: defaultLimits }), side })
  } finally {
    await store.close()
    await side.close()
  }
}

/** What stands before the endpoint of a request that was pasted whole is where the application is served. */
const belowVersion = (path: string): string => path.replace(/^(?:https?:\/\/[^/?]*)?(?:\/[^/?]+)*?\/v2(?=[/?]|$)/i, '')

/** A request for a type that another service serves: there is nothing to plan. */
function passedOn(catalog: Catalog, method: string, typed: string): string | undefined {
  const path = belowVersion(typed)
  const [, endpoint = ''] = path.split(/[/?]/)
  const type = catalog.upstreams.find((one) => one.endpoint.toLowerCase() === `/${endpoint.toLowerCase()}`)
  if (type === undefined) return undefined
  const { url, credential } = type.upstream
  return [
    `${type.name} is served by another SCIM service; the request passes through, and nothing of it is planned here.`,
    '',
    `${method} ${url}${path.slice(endpoint.length + 1)}`,
    credential === undefined ? 'without a credential' : `with the bridge's own ${credential.name} field`,
  ].join('\n')
}

/** A request line as the HTTP floor would read it. Throws BridgeError. */
export function requestOf(catalog: Catalog, method: string, typed: string, body: Json | undefined): ScimRequest {
  // typed by hand: a % that begins no escape is itself
  const escaped = typed.replace(/%(?![0-9a-f]{2})/gi, '%25')
  const path = belowVersion(escaped)
  const root = rootRequest(catalog, method, path, body)
  if (root !== undefined) return root
  const [, endpoint = '', rest, ...more] = (path.split('?')[0] ?? '').split('/')
  const type = catalog.types.find((m) => m.type.endpoint.toLowerCase() === `/${endpoint}`.toLowerCase())?.type.name
  if (type === undefined || more.length > 0) {
    const known = catalog.types.map((m) => m.type.endpoint).join(', ')
    throw new BridgeError('notFound', `'${path}' is no endpoint of this mapping; there are ${known}`)
  }
  const show = readQuery(path)
  if (rest === '.search' && method === 'POST') {
    return { kind: 'list', type, query: readSearch(need(body), catalog.quirks) }
  }
  const id = rest === undefined || rest === '' ? undefined : scimId(decoded(rest, path))
  switch (`${method} ${id === undefined ? 'type' : 'resource'}`) {
    case 'GET type':
      return { kind: 'list', type, query: show }
    case 'POST type':
      return { kind: 'create', type, body: need(body), show }
    case 'GET resource':
      return {
        kind: 'get',
        type,
        id: id as typeof id & {},
        show,
        ...(show.filter !== undefined && { filter: show.filter }),
      }
    case 'PUT resource':
      return { kind: 'replace', type, id: id as typeof id & {}, body: need(body), show }
    case 'PATCH resource':
      return { kind: 'patch', type, id: id as typeof id & {}, body: need(body), show }
    case 'DELETE resource':
      return { kind: 'delete', type, id: id as typeof id & {} }
    default:
      throw new BridgeError('methodNotAllowed', `${method} ${path} is no request of RFC 7644`)
  }
}

/** A query over every resource type (RFC 7644 section 3.4.2.1). */
function rootRequest(catalog: Catalog, method: string, path: string, body: Json | undefined): ScimRequest | undefined {
  const place = path.split('?')[0]
  if (method === 'GET' && (place === '' || place === '/')) return { kind: 'listAll', query: readQuery(path) }
  if (method === 'POST' && place === '/.search') {
    return { kind: 'listAll', query: readSearch(need(body), catalog.quirks) }
  }
  return undefined
}

function decoded(segment: string, path: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw new BridgeError('notFound', `'${path}' is not properly percent-encoded`)
  }
}

function need(body: Json | undefined): Json {
  if (body === undefined) throw new BridgeError('invalidSyntax', 'this request needs a body: give --body FILE')
  return body
}

function readResource(file: string): JsonObject {
  const resource = readJson(file)
  if (isObject(resource)) return resource
  throw new BridgeError('invalidSyntax', `${file} holds no resource: it must be a JSON object`)
}

function readJson(file: string): Json {
  const text = file === '-' ? readFileSync(0, 'utf8') : readFileSync(file, 'utf8')
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    throw new BridgeError('invalidSyntax', `${file} is not JSON`, error)
  }
}
