import type { Json, JsonObject } from '../../src/base/json.ts'
import type { Answer } from './client.ts'
import { patchOf } from './people.ts'

export const bulkRequest = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
export const bulkResponse = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse'

/** A bulk request (RFC 7644 section 3.7). */
export const bulkOf = (operations: readonly Json[], more: JsonObject = {}): JsonObject => ({
  schemas: [bulkRequest],
  ...more,
  Operations: operations,
})

export const post = (bulkId: string, path: string, data: JsonObject): JsonObject => ({
  method: 'POST',
  path,
  bulkId,
  data,
})
export const put = (path: string, data: JsonObject, more: JsonObject = {}): JsonObject => ({
  method: 'PUT',
  path,
  data,
  ...more,
})
export const patch = (path: string, ...operations: readonly JsonObject[]): JsonObject => ({
  method: 'PATCH',
  path,
  data: patchOf(...operations),
})
export const remove = (path: string, more: JsonObject = {}): JsonObject => ({ method: 'DELETE', path, ...more })

/** The results of an answer. */
export const resultsOf = ({ body }: Pick<Answer, 'body'>): readonly JsonObject[] =>
  (body['Operations'] ?? []) as readonly JsonObject[]

/** Their statuses, and the scimType of those that have one. */
export const outcomes = (answer: Pick<Answer, 'body'>): readonly string[] =>
  resultsOf(answer).map(({ status, response }) => {
    const scimType = (response as JsonObject | undefined)?.['scimType']
    return scimType === undefined ? String(status) : `${String(status)} ${String(scimType)}`
  })

/** The id that a result has in its location. */
export const idOf = (result: JsonObject | undefined): string => String(result?.['location']).replace(/^.*\//, '')
