import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json, JsonObject } from '../../src/base/json.ts'

/** What may be there afterwards, or the refusal. */
export interface Expected {
  readonly after?: JsonObject
  readonly error?: { readonly status: number; readonly scimType?: string }
}
/** A resource, the operations of a PATCH, and what the RFCs have to say of them. */
export interface PatchCase extends Expected {
  readonly id: string
  readonly source: string
  readonly level: 'must' | 'should' | 'interop'
  readonly endpoint: '/Users' | '/Groups'
  readonly before: JsonObject
  /** Others who must be there as well. */
  readonly others?: readonly JsonObject[]
  readonly ops: readonly JsonObject[]
  readonly body?: Json
  readonly acceptScimTypes?: readonly string[]
  readonly alsoAccept?: readonly Expected[]
  readonly lastModifiedUnchanged?: boolean
}

export const patchCases = readFileSync(join(import.meta.dirname, 'patch-cases.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as PatchCase)
