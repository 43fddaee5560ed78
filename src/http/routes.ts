import type { Bridge } from '../service/bridge.ts'
import { bulk } from './bulk.ts'
import { absent, create, discover, list, listAll, patch, read, remove, replace, search, searchAll } from './handlers.ts'
import type { Handler } from './handlers.ts'
import { literal } from './literal.ts'
import { me } from './me.ts'
import type { ServedTypes } from './upstream/serve-types.ts'

export const methods = ['get', 'post', 'put', 'patch', 'delete'] as const
export type Method = (typeof methods)[number]

/** A path pattern and its handler for each of `methods`, in their order; undefined is 405. */
export type Route = readonly [path: string, ...handlers: (Handler | undefined)[]]

const none = undefined
const config = discover('ServiceProviderConfig')
const join = absent('POST to /Me')
const all = listAll
const find = searchAll

/** Every path of an application by method (RFC 7644 section 3.2, tables 1 and 2). */
export function routes(bridge: Bridge, served?: ServedTypes): readonly Route[] {
  const types = (served?.discover ?? discover)('ResourceTypes')
  const schemas = (served?.discover ?? discover)('Schemas')
  // prettier-ignore
  return [
  // path                       GET      POST    PUT     PATCH   DELETE
  ['/ServiceProviderConfig',    config,  none,   none,   none,   none],
  ['/ResourceTypes',            types,   none,   none,   none,   none],
  ['/ResourceTypes/:name',      types,   none,   none,   none,   none],
  ['/Schemas',                  schemas, none,   none,   none,   none],
  ['/Schemas/:name',            schemas, none,   none,   none,   none],
  ['/Me',                       me(read), join,  me(replace), me(patch), me(remove)],
  ['/Bulk',                     none,    bulk,   none,   none,   none],
  ['/.search',                  none,    find,   none,   none,   none],
  ['/',                         all,     none,   none,   none,   none],
  ...bridge.endpoints.flatMap(({ path, type }): readonly Route[] => [
    [`${literal(path)}/.search`, none,       search(type), none,          none,        none],
    [literal(path),              list(type), create(type), none,          none,        none],
    [`${literal(path)}/:name`,   read(type), none,         replace(type), patch(type), remove(type)],
  ]),
  ...(served?.routes ?? []),
  ]
}
