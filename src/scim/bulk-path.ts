import type { ScimId } from '../base/brand.ts'
import { scimId } from '../base/brand.ts'
import { BridgeError } from '../base/errors.ts'
import { sameName } from './attribute-named.ts'
import { bulkIdIn } from './bulk-references.ts'
import type { ResourceType } from './schema.ts'

/** What the `path` of a bulk operation names: a resource type, one resource of it, or one that the same request creates. */
export type BulkTarget =
  | { readonly kind: 'type'; readonly type: ResourceType }
  | { readonly kind: 'id'; readonly type: ResourceType; readonly id: ScimId }
  | { readonly kind: 'bulkId'; readonly type: ResourceType; readonly bulkId: string }

const wrong = (detail: string): BridgeError => new BridgeError('invalidPath', detail)

/**
 * RFC 7644 section 3.7: relative to the root of the service, `/Users` or `/Users/{id}`, and nothing else: no host, no way
 * up, no query, no endpoint that is none of resources. An id is percent-decoded once, as in any request. `passed` are
 * the endpoints that another service serves.
 */
export function bulkTarget(path: string, types: readonly ResourceType[], passed: readonly string[] = []): BulkTarget {
  if (/^\/\/|^[A-Za-z][A-Za-z0-9+.-]*:\/|[?#\\]/.test(path)) {
    throw wrong('"path" must be relative to the root of the service, without host, query and fragment')
  }
  // JSON can say half of a surrogate pair (RFC 8259 section 8.2); it has no percent-encoded form, so no URI has it
  if (!path.isWellFormed()) throw wrong('"path" must be well-formed Unicode')
  const [endpoint = '', name, ...rest] = path.replace(/^\//, '').replace(/\/$/, '').split('/')
  const segments = [endpoint, ...(name === undefined ? [] : [name]), ...rest]
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) {
    throw wrong('"path" must name a resource type or one resource of it')
  }
  if (name === '.search' || sameName(endpoint, 'Bulk') || sameName(endpoint, 'Me') || endpoint === '.search') {
    throw wrong('"path" must name a resource type or one resource of it, not another endpoint')
  }
  if (passed.some((one) => sameName(one, `/${endpoint}`))) {
    throw new BridgeError(
      'notImplemented',
      'Another service serves this resource type; bulk operations do not reach it',
    )
  }
  const type = types.find((one) => sameName(one.endpoint, `/${endpoint}`))
  // the status of a single request to it (RFC 7644 section 3.7.3)
  if (type === undefined || rest.length > 0) throw new BridgeError('notFound', 'There is no such endpoint')
  if (name === undefined) return { kind: 'type', type }
  const id = decoded(name)
  const bulkId = bulkIdIn(id)
  return bulkId === undefined ? { kind: 'id', type, id: scimId(id) } : { kind: 'bulkId', type, bulkId }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    throw wrong('"path" is not properly percent-encoded')
  }
}
