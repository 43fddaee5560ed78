import type { ScimId } from '../base/brand.ts'
import type { Json } from '../base/json.ts'

/** `attributes` and `excludedAttributes` as sent (RFC 7644 section 3.9). */
export interface ProjectionRequest {
  readonly attributes?: readonly string[]
  readonly excludedAttributes?: readonly string[]
}

/** The parameters of a query, from the URL or from a `.search` body (RFC 7644 section 3.4.2 and 3.4.3). */
export interface Query extends ProjectionRequest {
  readonly filter?: string
  readonly sortBy?: string
  readonly sortOrder?: string
  readonly startIndex?: number
  readonly count?: number
  /** Empty for the first page of a walk by cursor (RFC 9865 section 2). */
  readonly cursor?: string
}

/** Versions out of If-Match or If-None-Match: `'*'` or a list of entity tags with their quotes (RFC 7232). */
export type VersionList = '*' | readonly string[]

/** One SCIM request as the HTTP floor hands it down; `type` is the name of a resource type. */
export type ScimRequest =
  | { readonly kind: 'create'; readonly type: string; readonly body: Json; readonly show: ProjectionRequest }
  | {
      readonly kind: 'get'
      readonly type: string
      readonly id: ScimId
      readonly show: ProjectionRequest
      /** What the resource has to satisfy to be there (RFC 7644 section 3.4.2.1). */
      readonly filter?: string
      readonly ifNoneMatch?: VersionList
    }
  | { readonly kind: 'list'; readonly type: string; readonly query: Query }
  /** A query of the server root, over every resource type (RFC 7644 section 3.4.2.1). */
  | { readonly kind: 'listAll'; readonly query: Query }
  | {
      readonly kind: 'replace'
      readonly type: string
      readonly id: ScimId
      readonly body: Json
      readonly show: ProjectionRequest
      readonly ifMatch?: VersionList
    }
  | {
      readonly kind: 'patch'
      readonly type: string
      readonly id: ScimId
      readonly body: Json
      readonly show: ProjectionRequest
      readonly ifMatch?: VersionList
    }
  | { readonly kind: 'delete'; readonly type: string; readonly id: ScimId; readonly ifMatch?: VersionList }
