import { BridgeError, isBridgeError } from '../base/errors.ts'
import { isArray, isObject } from '../base/json.ts'
import type { Json } from '../base/json.ts'
import { bulkTarget } from './bulk-path.ts'
import type { BulkTarget } from './bulk-path.ts'
import { understands } from './dialect.ts'
import type { Dialect } from './dialect.ts'
import { entityTags } from './entity-tags.ts'
import { member, messages, readMessage } from './messages.ts'
import type { VersionList } from './request.ts'
import type { ResourceType } from './schema.ts'

const methods = ['POST', 'PUT', 'PATCH', 'DELETE'] as const
type BulkMethod = (typeof methods)[number]

/** A bulk request (RFC 7644 section 3.7). An operation that cannot be read fails alone; the others are carried out. */
export interface BulkRequest {
  /** So many errors end it; undefined: none do. */
  readonly failOnErrors: number | undefined
  readonly operations: readonly SentOperation[]
}

export type SentOperation = BulkOperation | RefusedOperation

export interface BulkOperation {
  readonly kind: 'operation'
  readonly method: BulkMethod
  readonly bulkId: string | undefined
  readonly target: BulkTarget
  /** As If-Match; never of a POST. */
  readonly version: VersionList | undefined
  /** null for DELETE. */
  readonly data: Json
}

/** What is known of an operation that was refused as it stands, for its result. */
interface RefusedOperation {
  readonly kind: 'refused'
  readonly method: string | undefined
  readonly bulkId: string | undefined
  readonly target: BulkTarget | undefined
  readonly error: BridgeError
}

const syntax = (detail: string): BridgeError => new BridgeError('invalidSyntax', detail)

/** RFC 7644 section 3.7.4: the answer names the limit. */
export const tooManyOperations = (limit: number): BridgeError =>
  new BridgeError('payloadTooLarge', `The bulk request has more operations than maxOperations (${limit})`)

/** Throws BridgeError for what is wrong with the message as a whole; nothing of it is carried out then. */
export function readBulk(
  body: Json,
  types: readonly ResourceType[],
  most: number,
  spoken: Dialect,
  passed: readonly string[] = [],
): BulkRequest {
  const message = readMessage(body, messages.bulkRequest, spoken)
  const operations = member(message, 'Operations', spoken)
  if (!isArray(operations) || operations.length === 0) {
    throw syntax('"Operations" must be an array of at least one operation')
  }
  if (operations.length > most) throw tooManyOperations(most)
  const failOnErrors = member(message, 'failOnErrors', spoken) ?? undefined
  if (failOnErrors !== undefined && !(Number.isSafeInteger(failOnErrors) && Number(failOnErrors) >= 1)) {
    throw new BridgeError('invalidValue', '"failOnErrors" must be an integer of at least 1')
  }
  const read = operations.map((operation) => readOperation(operation, types, spoken, passed))
  const known = new Set<string>()
  for (const { bulkId } of read) {
    if (bulkId === undefined) continue
    // which of the two a reference means nobody can tell
    if (known.has(bulkId)) throw new BridgeError('invalidValue', `The bulkId "${shown(bulkId)}" is given twice`)
    known.add(bulkId)
  }
  return { failOnErrors: failOnErrors === undefined ? undefined : Number(failOnErrors), operations: read }
}

/** What a client wrote, as far as an error repeats it. */
export const shown = (text: string): string => text.slice(0, 100)

function readOperation(
  sent: Json,
  types: readonly ResourceType[],
  spoken: Dialect,
  passed: readonly string[],
): SentOperation {
  let method: string | undefined
  let bulkId: string | undefined
  let target: BulkTarget | undefined
  try {
    if (!isObject(sent)) throw syntax('An operation must be an object')
    const get = (name: string): Json | undefined => member(sent, name, spoken) ?? undefined
    const said = get('method')
    const word = get('bulkId')
    const path = get('path')
    if (typeof said === 'string') method = shown(said)
    if (typeof word === 'string' && word !== '') bulkId = word
    const verb = methodOf(method, spoken)
    method = verb
    if (word !== undefined && bulkId === undefined) throw syntax('"bulkId" must be a string that is not empty')
    if (typeof path !== 'string') throw syntax('"path" must be a string')
    target = bulkTarget(path, types, passed)
    if (verb === 'POST') {
      if (target.kind !== 'type') throw new BridgeError('invalidPath', 'The "path" of a POST must name a resource type')
      if (bulkId === undefined) throw syntax('A POST needs a "bulkId"')
    } else if (target.kind === 'type') {
      throw new BridgeError('invalidPath', `The "path" of a ${verb} must name one resource`)
    }
    const data = get('data')
    if (data === undefined && verb !== 'DELETE') throw syntax(`A ${verb} needs "data"`)
    const version = verb === 'POST' ? undefined : versionOf(get('version'))
    return {
      kind: 'operation',
      method: verb,
      bulkId,
      target,
      version,
      data: verb === 'DELETE' ? null : (data ?? null),
    }
  } catch (error) {
    if (!isBridgeError(error)) throw error
    return { kind: 'refused', method, bulkId, target, error }
  }
}

function methodOf(said: string | undefined, spoken: Dialect): BulkMethod {
  const verb = methods.find((one) => one === said?.toUpperCase())
  // a word of a message in other letters, as those of PATCH
  if (verb !== undefined && (verb === said || understands(spoken, 'capitalisedOp'))) return verb
  throw syntax(`"method" must be ${methods.slice(0, -1).join(', ')} or ${methods.at(-1) ?? ''}`)
}

/** A guard that cannot be read must not be dropped: the write would go ahead without it. */
function versionOf(said: Json | undefined): VersionList | undefined {
  if (said === undefined) return undefined
  const versions = typeof said === 'string' ? entityTags(said) : undefined
  if (versions === undefined) throw syntax('"version" must be an entity tag, in quotes')
  return versions
}
