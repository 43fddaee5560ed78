import { asBridgeError, BridgeError, isBridgeError } from '../../base/errors.ts'
import type { BulkOperation } from '../../scim/bulk.ts'
import { shown } from '../../scim/bulk.ts'
import { detached } from '../../scim/bulk-references.ts'
import type { Detached } from '../../scim/bulk-references.ts'
import { messages } from '../../scim/messages.ts'
import { typeNamed } from '../application.ts'
import type { Reply } from '../bridge.ts'
import { ask, placeOf, remember, requestOf, takeBack } from './operate.ts'
import type { Job } from './operate.ts'

/** What became of an operation of a circle. `left`: the place of what was created and could not be taken back. */
export type End =
  | { readonly kind: 'done'; readonly reply: Reply }
  | { readonly kind: 'failed'; readonly error: BridgeError; readonly left: string | undefined }

/**
 * POSTs that refer to one another (RFC 7644 section 3.7.1). Each is created without the references that cannot be said
 * yet, and a PATCH adds them once all are there. They stand or fall together: when one of them fails the others would
 * refer to nothing, so what was created is deleted again.
 */
export async function runCircle(job: Job, members: readonly BulkOperation[]): Promise<readonly End[]> {
  const made = new Map<BulkOperation, Reply>()
  const { signal } = job.context
  let at = members[0]
  try {
    const left: { readonly operation: BulkOperation; readonly detached: Detached }[] = []
    for (const operation of members) refuseForGood(job, (at = operation))
    for (const operation of members) {
      at = operation
      const part = detached(operation, (bulkId) => isIn(members, bulkId) && !job.made.has(bulkId))
      const reply = await create(job, operation, part, signal)
      made.set(operation, reply)
      remember(job, operation, reply)
      if (part.later.length > 0) left.push({ operation, detached: part })
    }
    for (const { operation, detached: part } of left) {
      at = operation
      made.set(operation, { ...made.get(operation), ...(await close(job, operation, part, signal)), status: 201 })
    }
  } catch (error) {
    return undone(job, members, made, at, asBridgeError(error))
  }
  return members.map((operation) => ({ kind: 'done', reply: made.get(operation) ?? { status: 201 } }))
}

const isIn = (members: readonly BulkOperation[], bulkId: string): boolean =>
  members.some((one) => one.bulkId === bulkId)

/** What could not be taken back must not be begun. */
function refuseForGood({ app }: Job, { target }: BulkOperation): void {
  const { type, allow } = typeNamed(app, target.type.name)
  if (allow.has('create') && !allow.has('delete')) {
    throw new BridgeError(
      'unresolved',
      `Operations that refer to one another need to be taken back when one fails, and this application does not allow to delete a ${type.name}`,
    )
  }
}

async function create(job: Job, operation: BulkOperation, part: Detached, signal: AbortSignal): Promise<Reply> {
  const needed = part.without.find(({ required }) => required)
  if (needed !== undefined) throw circular(`"${needed.name}" is required`)
  try {
    return await ask(job, requestOf(job, operation, part.data), signal)
  } catch (error) {
    // a store that demands a value which can only be said later
    if (part.without.length > 0 && isBridgeError(error) && error.reason === 'constraint') {
      throw circular(error.detail, error)
    }
    throw error
  }
}

const circular = (why: string, cause?: unknown): BridgeError =>
  new BridgeError('unresolved', `The operations refer to one another, and none can be done first: ${why}`, cause)

/** The references that were left out, by a PATCH; it asks for the version that the resource then has. */
async function close(job: Job, operation: BulkOperation, { later }: Detached, signal: AbortSignal): Promise<Reply> {
  const { bulkId = '', target } = operation
  const patch: BulkOperation = {
    ...operation,
    method: 'PATCH',
    target: { kind: 'bulkId', type: target.type, bulkId },
    data: { schemas: [messages.patchOp], Operations: later },
  }
  const request = requestOf(job, patch)
  return ask(job, request.kind === 'patch' ? { ...request, show: { attributes: ['id'] } } : request, signal)
}

/** Deletes what was created, in the opposite order, even when nobody waits for the answer any more. */
async function undone(
  job: Job,
  members: readonly BulkOperation[],
  made: ReadonlyMap<BulkOperation, Reply>,
  at: BulkOperation | undefined,
  error: BridgeError,
): Promise<readonly End[]> {
  const left = new Map<BulkOperation, string>()
  for (const operation of [...made.keys()].reverse()) {
    const { bulkId = '', target } = operation
    const [type, id] = [target.type.name, job.made.get(bulkId)?.id]
    if (id === undefined) continue
    try {
      await takeBack(job, { kind: 'delete', type, id })
    } catch (failure) {
      const { reason } = asBridgeError(failure)
      if (reason === 'notFound' || reason === 'missing') continue
      const place = placeOf(job, { kind: 'id', type: target.type, id })
      if (place !== undefined) left.set(operation, place)
    }
  }
  for (const { bulkId } of members) if (bulkId !== undefined) job.made.set(bulkId, undefined)
  const because = new BridgeError(
    'unresolved',
    `The operation with the bulkId "${shown(at?.bulkId ?? '')}" failed, and this one refers to it`,
  )
  return members.map((operation) => {
    const own = operation === at ? error : because
    const place = left.get(operation)
    if (place !== undefined) {
      const detail = `${own.detail}. What was created could not be deleted again and is still there, in part`
      return { kind: 'failed', error: new BridgeError(own.reason, detail, own), left: place }
    }
    return { kind: 'failed', error: own, left: undefined }
  })
}
