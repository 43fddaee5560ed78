import { BridgeError } from '../../base/errors.ts'
import type { Assignment } from '../../mapping/catalog.ts'
import type { SlotValue } from '../../mapping/encode.ts'
import { assumedEntry, isUnknown, success, unknown } from './assumed.ts'
import { code } from './codes.ts'
import type { Directory } from './directory.ts'
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
  directory: Directory,
  assignments: readonly Assignment[],
  circumstances: Circumstances,
): Steps<readonly SlotValue[]> {
  const taken: SlotValue[] = []
  for (const { slot, value } of assignments)
    if (value.kind === 'counter') taken.push({ slot, value: yield* next(directory, value, circumstances) })
  return taken
}

/** The entry holds the number that comes next. */
function* next(directory: Directory, counter: Counter, circumstances: Circumstances): Steps<string> {
  yield { kind: 'lock', names: [`counter ${counter.entry.toLowerCase()}`] }
  const { increment, postRead } = directory.abilities
  const number = increment && postRead ? yield* counted(counter) : undefined
  return number ?? (yield* exchanged(counter, circumstances))
}

/** One operation takes the number and tells which one it was (RFC 4525, RFC 4527); undefined when it does not tell. */
function* counted({ entry: dn, attribute }: Counter): Steps<string | undefined> {
  const postRead = { attributes: [attribute], binary: new Set<string>() }
  const changes = [{ op: 'increment', attribute, values: ['1'] }] as const
  const modify: Modify = { kind: 'modify', dn, changes, postRead }
  const result = yield* tried(modify, 'the next number', { ...success, read: assumedEntry(postRead, dn) })
  if (result.code !== code.success) throw failed(result, modify)
  const [after] = result.read === undefined ? [] : valuesOf(result.read, attribute)
  if (typeof after !== 'string') return undefined
  if (isUnknown(after)) return unknown(`${attribute}, before`)
  return /^\d+$/.test(after) ? String(BigInt(after) - 1n) : undefined
}

/** The number is exchanged for the one after it only while it is still that one. */
function* exchanged({ entry: dn, attribute }: Counter, circumstances: Circumstances): Steps<string> {
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
