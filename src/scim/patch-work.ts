import { BridgeError } from '../base/errors.ts'
import type { JsonObject } from '../base/json.ts'
import { comparisonsIn } from './comparisons.ts'
import type { PatchOperation } from './patch.ts'
import { elementsOf, topLevelValue } from './value.ts'

/** How many times one PATCH may look at an element of a list: what a process can do without keeping others waiting. */
export const maxWork = 500_000

/**
 * What an operation on a list costs: nearly every one looks at all that is held. The length of a list is that of the
 * backend, so the number of operations alone bounds nothing.
 */
export function workOf(resource: JsonObject, { op, target, where, value, only }: PatchOperation): number {
  if (!target.attribute.multiValued) return 1
  const tests = where === undefined ? 1 : comparisonsIn(where)
  // an element that is made anew costs about as much as a few that are looked at
  const rewrites = target.sub !== undefined || (where !== undefined && op !== 'remove') ? 3 : 0
  const held = elementsOf(topLevelValue(resource, target)).length
  return held * (tests + rewrites) + elementsOf(value).length + (only?.length ?? 0)
}

export const tooMuchWork = (): BridgeError =>
  new BridgeError(
    'payloadTooLarge',
    `The operations look at more than ${maxWork} elements of lists: put values of one list into one operation, or send several requests`,
  )
