import { BridgeError } from '../../base/errors.ts'
import type { Assignment } from '../../mapping/catalog.ts'
import type { SlotValue } from '../../mapping/encode.ts'
import { success, unknown } from './assumed.ts'
import { code } from './codes.ts'
import { failed } from './failed.ts'
import type { Modify } from './operation.ts'
import { valuesOf } from './operation.ts'
import type { Circumstances, Steps } from './program.ts'
import { entryAt } from './read.ts'
import { tried } from './searched.ts'

type Counter = Extract<Assignment['value'], { readonly kind: 'counter' }>

/** How often somebody else may be faster. */
const attempts = 50

/** The next number of every counter; a number that was taken is not given back, so that nobody ever has it twice. */
export function* takeCounters(
  assignments: readonly Assignment[],
  circumstances: Circumstances,
): Steps<readonly SlotValue[]> {
  const taken: SlotValue[] = []
  for (const { slot, value } of assignments)
    if (value.kind === 'counter') taken.push({ slot, value: yield* next(value, circumstances) })
  return taken
}

/** The entry holds the number that comes next. It is exchanged for the one after it only while it is still that one. */
function* next(counter: Counter, circumstances: Circumstances): Steps<string> {
  const { entry: dn, attribute } = counter
  yield { kind: 'lock', names: [`counter ${dn.toLowerCase()}`] }
  const asked = { attributes: [attribute], binary: new Set<string>() }
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const entry = yield* entryAt(dn, asked, 'the next number')
    const [held] = entry === undefined ? [] : valuesOf(entry, attribute)
    const isAssumed = circumstances.assumed !== undefined
    if (!isAssumed && (typeof held !== 'string' || !/^\d+$/.test(held)))
      throw new BridgeError(
        'unavailable',
        'A counter of the directory holds no number',
        new Error(`${dn} ${attribute}`),
      )
    const number = String(held)
    const after = isAssumed ? unknown('the number after it') : String(BigInt(number) + 1n)
    const modify: Modify = {
      kind: 'modify',
      dn,
      changes: [
        { op: 'delete', attribute, values: [number] },
        { op: 'add', attribute, values: [after] },
      ],
    }
    const result = yield* tried(modify, 'counter', success)
    if (result.code === code.success) return number
    if (result.code !== code.noSuchAttribute && result.code !== code.attributeOrValueExists)
      throw failed(result, modify)
  }
  throw new BridgeError('busy', 'A counter of the directory is in too much demand')
}
