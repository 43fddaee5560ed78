import type { BridgeError } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import type { UniqueCheck } from '../../plan/plan.ts'
import { code } from './codes.ts'
import type { Directory } from './directory.ts'
import { checksOf, look, outside, rivalOf, taken } from './look.ts'
import type { Operation, Result } from './operation.ts'
import type { Steps } from './program.ts'

type Write = Extract<Operation, { readonly dn: string }>

/**
 * A constraint violation that means that somebody has a value already: somebody was faster than the look before the
 * write, or is not offered here. `self` is the entry that is written, when it is there.
 */
export function* notUnique(
  directory: Directory,
  mapping: ResourceMapping,
  unique: readonly UniqueCheck[],
  { result, operation, self }: { readonly result: Result; readonly operation: Write; readonly self?: string },
): Steps<BridgeError | undefined> {
  if (result.code !== code.constraintViolation || unique.length === 0) return undefined
  const looked = yield* look(directory, mapping, checksOf(directory, mapping, unique), undefined, 'who has it')
  const rival = rivalOf(looked, self)
  if (rival !== undefined) return taken(mapping, rival.attribute)
  // slapo-unique(5): "some attributes not unique"
  return /unique/i.test(result.message) ? outside(mapping.type.name, unique[0]?.attribute, operation.dn) : undefined
}
