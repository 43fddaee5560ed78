import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { JsonObject } from '../../src/base/json.ts'

/** A filter, the resources that it is asked of, and what the RFCs have to say of it. */
export interface FilterCase {
  readonly id: string
  readonly level: 'must' | 'should' | 'interop'
  readonly endpoint: '/Users' | '/Groups'
  readonly filter: string
  readonly resources: readonly JsonObject[]
  /** External ids of what matches. */
  readonly expectMatches?: readonly string[]
  readonly alsoAccept?: readonly (readonly string[])[]
  readonly expectError?: { readonly status: number; readonly scimType: string }
  readonly acceptError?: { readonly status: number }
}

export const filterCases = readFileSync(join(import.meta.dirname, 'filter-cases.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as FilterCase)
