import type { BridgeError } from '../../base/errors.ts'
import type { JsonObject } from '../../base/json.ts'
import type { SentOperation } from '../../scim/bulk.ts'
import { errorAnswer } from '../../scim/error-answer.ts'
import type { Reply } from '../bridge.ts'

/** What became of one operation, as the answer has it (RFC 7644 section 3.7.3). */
export interface Result {
  readonly status: number
  readonly shown: JsonObject
}

/** A body is not shown: the client can read the resource, and the answer to many stays small. */
export const succeeded = (
  sent: SentOperation,
  { status, location, etag }: Reply,
  place: string | undefined,
): Result => ({
  status,
  shown: {
    ...head(sent, location ?? place),
    ...(etag !== undefined && { version: etag }),
    status: String(status),
  },
})

/** `place`: the location of what the operation was about; a POST that failed has none. */
export function failed(sent: SentOperation, error: BridgeError, place: string | undefined, requestId: string): Result {
  const { status, body } = errorAnswer(error, requestId)
  return { status, shown: { ...head(sent, place), status: String(status), response: body } }
}

const head = ({ method, bulkId }: SentOperation, location: string | undefined): JsonObject => ({
  ...(location !== undefined && { location }),
  ...(method !== undefined && { method }),
  ...(bulkId !== undefined && { bulkId }),
})
