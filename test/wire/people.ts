import type { JsonObject } from '../../src/base/json.ts'

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const enterpriseSchema = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error'

export const person = (userName: string, more: JsonObject = {}): JsonObject => ({
  schemas: [userSchema],
  userName,
  name: { givenName: 'Given', familyName: 'Family' },
  ...more,
})

export const team = (displayName: string, ids: readonly string[] = []): JsonObject => ({
  schemas: [groupSchema],
  displayName,
  members: ids.map((value) => ({ value })),
})

/** `?filter=…`, encoded. */
export const where = (filter: string, more = ''): string => `?filter=${encodeURIComponent(filter)}${more}`

export const patchOf = (...operations: readonly object[]): JsonObject => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: operations as readonly JsonObject[],
})
