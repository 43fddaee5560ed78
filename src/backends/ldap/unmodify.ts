import { never } from '../../base/errors.ts'
import type { ResourceMapping } from '../../mapping/catalog.ts'
import { success } from './assumed.ts'
import { code } from './codes.ts'
import { isSame } from './deltas.ts'
import { failed } from './failed.ts'
import { attributeOf } from './fields.ts'
import type { Value } from './filter.ts'
import { leavesOf } from './leaves.ts'
import type { Modified } from './modify.ts'
import type { Change, Entry, Modify } from './operation.ts'
import { valuesOf } from './operation.ts'
import type { Steps } from './program.ts'
import { tried } from './searched.ts'

/**
 * Takes back what was written, after a later step was refused. What somebody else wrote in between is found out, and
 * stays; and so does what nobody can read, since there is no way back to it.
 */
export function* unmodify(mapping: ResourceMapping, dn: string, written: Modified, held: Entry): Steps<void> {
  const secret = new Set(
    leavesOf(mapping).flatMap(({ access, carrier }) =>
      access === 'writeOnly' && 'slot' in carrier ? (attributeOf(carrier.slot)?.toLowerCase() ?? []) : [],
    ),
  )
  const changes = written.changes.filter((change) => !secret.has(attributeIn(change)))
  if (changes.length === 0) return
  const operation: Modify = {
    kind: 'modify',
    dn,
    changes: [...Map.groupBy(changes, attributeIn).values()].flatMap((of) => backwards(of, held)),
  }
  const result = yield* tried(operation, 'undo', success)
  if (result.code !== code.success) throw failed(result, operation)
}

const attributeIn = ({ attribute }: Change): string => attribute.toLowerCase()

/** The way back for one attribute: what is there goes by name, and what was there comes in its old order. */
function backwards(changes: readonly Change[], held: Entry): readonly Change[] {
  const attribute = changes[0]?.attribute ?? ''
  const before = valuesOf(held, attribute)
  if (changes.some(({ op }) => op === 'replace' || op === 'increment'))
    return [{ op: 'replace', attribute, values: before }]
  // what was never read can still be named
  if (before.length === 0) return changes.toReversed().map(opposite)
  const now = changes.reduce(after, before)
  return [
    ...(now.length === 0 ? [] : [{ op: 'delete', attribute, values: now } as const]),
    { op: 'add', attribute, values: before },
  ]
}

const opposite = (change: Change): Change => ({ ...change, op: change.op === 'add' ? 'delete' : 'add' })

function after(values: readonly Value[], { op, values: named }: Change): readonly Value[] {
  switch (op) {
    case 'add':
      return [...values, ...named]
    case 'delete':
      return values.filter((one) => !named.some((other) => isSame(one, other)))
    case 'replace':
    case 'increment':
      return named
    default:
      return never(op)
  }
}
