import type { ScimId } from '../../base/brand.ts'
import { scimId } from '../../base/brand.ts'
import { BridgeError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { BulkOperation } from '../../scim/bulk.ts'
import type { BulkTarget } from '../../scim/bulk-path.ts'
import { shown } from '../../scim/bulk.ts'
import { bulkIdIn, withTexts } from '../../scim/bulk-references.ts'
import type { Dialect } from '../../scim/dialect.ts'
import type { ScimRequest } from '../../scim/request.ts'
import type { Attribute } from '../../scim/schema.ts'
import { refuseReader } from '../authorize.ts'
import type { Application } from '../application.ts'
import { typeNamed } from '../application.ts'
import type { BulkTime, Reply, RequestContext } from '../bridge.ts'
import { handle } from '../handle.ts'
import { locationOf } from '../render.ts'
import { hasMembers } from '../write.ts'
import { within } from './within.ts'

/** Something that this request has created. */
export interface Made {
  readonly type: string
  readonly id: ScimId
}

/** A bulk request under way. */
export interface Job {
  readonly app: Application
  readonly context: RequestContext
  readonly time: BulkTime
  readonly spoken: Dialect
  /** When nothing more is begun, by the clock of `performance`. */
  readonly until: number
  /** By bulkId; undefined is that of an operation that failed. One that is not in it is unknown, or still to come. */
  readonly made: Map<string, Made | undefined>
}

/** Runs one request of the job, on the straight line that every request takes. */
export async function ask(job: Job, request: ScimRequest, whole: AbortSignal): Promise<Reply> {
  refuseReader(job.context.caller)
  if (performance.now() >= job.until) throw new Late()
  return takeBack(job, request, whole)
}

/** The same when the time is over, and when nobody waits any more: what was begun is not left half done. */
export const takeBack = ({ app, context, time }: Job, request: ScimRequest, whole?: AbortSignal): Promise<Reply> =>
  within(time.operation, whole, (signal) => handle(app, request, { ...context, signal }))

/** The client must learn that it has not been tried, so that it can send it again. */
class Late extends BridgeError {
  constructor() {
    super('timeout', 'This operation was not begun: the time for a bulk request was over')
  }
}

export const isLate = (error: BridgeError): boolean => error instanceof Late

/** Nobody reads an answer of a bulk operation whole, so no more is asked for than the version needs. */
const little = { attributes: ['id'] } as const

/** The request that an operation stands for, with ids in place of its references. Throws BridgeError. */
export function requestOf(job: Job, operation: BulkOperation, data: Json = operation.data): ScimRequest {
  const { method, target, version } = operation
  const type = target.type.name
  const body = resolved(job, { ...operation, data })
  if (method === 'POST') return { kind: 'create', type, body, show: little }
  const on = { type, id: targetId(job, operation), ...(version !== undefined && { ifMatch: version }) }
  if (method === 'DELETE') return { kind: 'delete', ...on }
  // a single PATCH of such a type is answered with 204
  const silent = method === 'PATCH' && hasMembers(typeNamed(job.app, type))
  return { kind: method === 'PUT' ? 'replace' : 'patch', ...on, body, show: silent ? {} : little }
}

/** Ids in place of `bulkId:x` (RFC 7644 section 3.7.2). */
export const resolved = (job: Job, operation: BulkOperation): Json =>
  withTexts(operation, job.spoken, (text, of) => {
    const bulkId = bulkIdIn(text)
    return bulkId === undefined ? text : idFor(job, bulkId, typesOf(typeNamed(job.app, operation.target.type.name), of))
  })

/** The types that an attribute may point at; undefined: any, as far as is known here. */
const typesOf = (mapping: ResourceMapping, of: Attribute | undefined): readonly string[] | undefined => {
  const carrier = mapping.attributes.find((one) => one.of.attribute === of)
  return carrier?.kind === 'reference' ? carrier.reference.to : undefined
}

function targetId(job: Job, { target }: BulkOperation): ScimId {
  if (target.kind === 'type') throw new Error('a path without a resource is refused when it is read')
  return target.kind === 'id' ? target.id : idFor(job, target.bulkId, [target.type.name])
}

function idFor({ made }: Job, bulkId: string, types: readonly string[] | undefined): ScimId {
  const found = made.get(bulkId)
  if (found === undefined) {
    throw made.has(bulkId)
      ? new BridgeError('unresolved', `The operation with the bulkId "${shown(bulkId)}" failed`)
      : new BridgeError('invalidValue', `No POST of this request has the bulkId "${shown(bulkId)}"`)
  }
  // ids of two types may look alike: it would be somebody else
  if (types !== undefined && !types.includes(found.type)) {
    throw new BridgeError(
      'invalidValue',
      `The bulkId "${shown(bulkId)}" is of a ${found.type}, which does not fit here`,
    )
  }
  return found.id
}

/** Remembers what a POST has made, or that it has made nothing. */
export function remember(job: Job, { bulkId, target }: BulkOperation, reply: Reply | undefined): void {
  if (bulkId === undefined) return
  const id = reply?.body?.['id']
  job.made.set(bulkId, typeof id === 'string' ? { type: target.type.name, id: scimId(id) } : undefined)
}

/** The location of what an operation is about, as far as its id is known. */
export function placeOf({ app, context, made }: Job, target: BulkTarget): string | undefined {
  const id = target.kind === 'id' ? target.id : target.kind === 'bulkId' ? made.get(target.bulkId)?.id : undefined
  return id === undefined ? undefined : locationOf(typeNamed(app, target.type.name), id, context.baseUrl)
}
