import type { Json, JsonObject } from '../../src/base/json.ts'

export type Mapping = 'demo' | 'conformance-sqlite'

/** One request whose plan and statements are written down. */
export interface Example<M extends string = Mapping> {
  readonly title: string
  readonly mapping: M
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** As a client means it: not percent-encoded. */
  readonly path: string
  readonly body?: JsonObject
  /** Why the run asks other statements than explain says: it knows something that explain cannot. */
  readonly departs?: string
  /** Only the explanation without a database departs. */
  readonly offline?: boolean
}

export const departing = (departs: string, example: Example): Example => ({ ...example, departs })

/** The same where an explanation by the open database tells everything. */
export const departingOffline = (departs: string, example: Example): Example => ({ ...example, departs, offline: true })

const core = 'urn:ietf:params:scim:schemas:core:2.0'
const message = 'urn:ietf:params:scim:api:messages:2.0'
export const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

type Make<M extends string, Rest extends readonly unknown[]> = (title: string, ...rest: Rest) => Example<M>

interface Makers<M extends string> {
  readonly get: Make<M, readonly [path: string]>
  readonly search: Make<M, readonly [type: string, query: JsonObject]>
  readonly post: Make<M, readonly [type: 'User' | 'Group', resource: JsonObject]>
  readonly put: Make<M, readonly [type: 'User' | 'Group', id: string, resource: JsonObject]>
  readonly patch: Make<M, readonly [path: string, ...operations: JsonObject[]]>
  readonly remove: Make<M, readonly [path: string]>
}

export const makers = <M extends string>(mapping: M): Makers<M> => ({
  get: (title, path) => ({ title, mapping, method: 'GET', path }),
  search: (title, path, query) => ({
    title,
    mapping,
    method: 'POST',
    path: `${path}/.search`,
    body: { schemas: [`${message}:SearchRequest`], ...query },
  }),
  post: (title, type, resource) => ({
    title,
    mapping,
    method: 'POST',
    path: `/${type}s`,
    body: { schemas: [`${core}:${type}`], ...resource },
  }),
  put: (title, type, id, resource) => ({
    title,
    mapping,
    method: 'PUT',
    path: `/${type}s/${id}`,
    body: { schemas: [`${core}:${type}`], ...resource },
  }),
  patch: (title, path, ...operations) => ({
    title,
    mapping,
    method: 'PATCH',
    path,
    body: { schemas: [`${message}:PatchOp`], Operations: operations },
  }),
  remove: (title, path) => ({ title, mapping, method: 'DELETE', path }),
})

export const demo = makers('demo')
export const conformance = makers('conformance-sqlite')

export const add = (path: string, value: Json): JsonObject => ({ op: 'add', path, value })
export const replace = (path: string, value: Json): JsonObject => ({ op: 'replace', path, value })
export const drop = (path: string): JsonObject => ({ op: 'remove', path })
