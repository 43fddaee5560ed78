import { readFileSync } from 'node:fs'
import { BridgeError } from '../base/errors.ts'
import { scimId } from '../base/brand.ts'
import type { Json } from '../base/json.ts'
import { isObject } from '../base/json.ts'
import type { Catalog } from '../mapping/catalog.ts'
import { defaultLimits } from '../plan/limits.ts'
import { readQuery } from '../http/query.ts'
import { readSearch } from '../scim/messages.ts'
import type { ScimRequest } from '../scim/request.ts'
import { explain as explainRequest, offlineApplication } from '../service/explain.ts'
import { command } from './command.ts'
import { loadApplication } from './load.ts'
import { printExplanation } from './print-explanation.ts'

const spec = {
  name: 'explain',
  summary: 'Prints what a request would do: the plan and the native operations. Opens neither server nor database.',
  operands: { shown: '<mapping.yaml> <METHOD> <path>', least: 3, most: 3 },
  options: {
    body: { type: 'string', value: '<file>', description: 'body of the request, as JSON; - is standard input' },
    prior: { type: 'string', value: '<file>', description: 'resource to assume as held, as JSON; else nothing is' },
    profile: { type: 'string', value: '<name>', description: 'client dialect: tolerant, strict, …' },
  },
} as const

export const explain = command(spec, async (options, [file = '', method = '', path = ''], { env, print }) => {
  const { catalog, store } = loadApplication(file, { env, profile: options.profile })
  const app = offlineApplication({ catalog, store, limits: defaultLimits })
  const body = options.body === undefined ? undefined : readJson(options.body)
  const prior = options.prior === undefined ? undefined : readJson(options.prior)
  const request = requestOf(catalog, method.toUpperCase(), path, body)
  print(printExplanation(await explainRequest(app, request, isObject(prior) ? prior : undefined)))
})

/** A request line as the HTTP floor would read it. Throws BridgeError. */
export function requestOf(catalog: Catalog, method: string, path: string, body: Json | undefined): ScimRequest {
  const url = new URL(path, 'http://explain.invalid')
  const [, endpoint = '', rest, ...more] = url.pathname.split('/')
  const type = catalog.types.find((m) => m.type.endpoint.toLowerCase() === `/${endpoint}`.toLowerCase())?.type.name
  if (type === undefined || more.length > 0) {
    const known = catalog.types.map((m) => m.type.endpoint).join(', ')
    throw new BridgeError('notFound', `'${path}' is no endpoint of this mapping; there are ${known}`)
  }
  const show = readQuery(path)
  if (rest === '.search' && method === 'POST') {
    return { kind: 'list', type, query: readSearch(need(body), catalog.quirks) }
  }
  const id = rest === undefined || rest === '' ? undefined : scimId(decodeURIComponent(rest))
  switch (`${method} ${id === undefined ? 'type' : 'resource'}`) {
    case 'GET type':
      return { kind: 'list', type, query: show }
    case 'POST type':
      return { kind: 'create', type, body: need(body), show }
    case 'GET resource':
      return { kind: 'get', type, id: id as typeof id & {}, show }
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

function need(body: Json | undefined): Json {
  if (body === undefined) throw new BridgeError('invalidSyntax', 'this request needs a body: give --body FILE')
  return body
}

function readJson(file: string): Json {
  const text = file === '-' ? readFileSync(0, 'utf8') : readFileSync(file, 'utf8')
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    throw new BridgeError('invalidSyntax', `${file} is not JSON`, error)
  }
}
