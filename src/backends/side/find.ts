import { never } from '../../base/errors.ts'
import type { SlotTest } from '../../mapping/predicate.ts'
import type { NativeScalar } from '../../mapping/slot.ts'
import { keep } from './encode.ts'

/** A condition on a kept value, with the values it binds. */
export interface Condition {
  readonly text: string
  readonly params: readonly (string | number | bigint | Uint8Array)[]
}

const nobody: Condition = { text: '0', params: [] }
const symbols = { eq: '=', gt: '>', ge: '>=', lt: '<', le: '<=' } as const

/** One test of a slot. `absent` is never asked here: a record without values has no row to find. */
export function conditionOf(test: SlotTest): Condition {
  switch (test.op) {
    case 'absent':
    // no time is kept in that form here
    case 'moment':
      return nobody
    case 'in':
      return oneOf(test.values)
    case 'bits':
      return {
        text: `kind = 'number' AND (CAST(value AS INTEGER) & ?) = ?`,
        params: [BigInt(test.mask), BigInt(test.equals)],
      }
    case 'eq':
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le':
      return compare(test.op, test.value, test.fold)
    case 'co':
    case 'sw':
    case 'ew':
      return substring(test.op, test.value, test.fold)
    default:
      return never(test)
  }
}

function compare(op: keyof typeof symbols, value: NativeScalar, fold: boolean): Condition {
  if (value === null) return nobody
  const { kind, value: native } = keep(value)
  if (kind === 'text') {
    // both columns keep text in BINARY order, which is that of code points
    return { text: `kind = 'text' AND ${fold ? 'folded' : 'value'} ${symbols[op]} ?`, params: [native] }
  }
  if (kind === 'number' || kind === 'big') {
    const number = typeof value === 'bigint' ? within(value) : native
    const column = `CASE kind WHEN 'big' THEN CAST(value AS NUMERIC) ELSE value END`
    return { text: `kind IN ('number', 'big') AND ${column} ${symbols[op]} ?`, params: [number] }
  }
  return { text: `kind = ? AND value ${symbols[op]} ?`, params: [kind, native] }
}

/** Beyond 64 bits SQLite compares as floating point. */
const within = (value: bigint): bigint | number => (BigInt.asIntN(64, value) === value ? value : Number(value))

function substring(op: 'co' | 'sw' | 'ew', value: NativeScalar, fold: boolean): Condition {
  if (value === null) return nobody
  const part = String(value)
  const column = fold ? 'folded' : 'value'
  // everything that is there begins with nothing: so presence is asked
  if (part === '') return { text: '1', params: [] }
  switch (op) {
    case 'co':
      return { text: `kind = 'text' AND instr(${column}, ?) > 0`, params: [part] }
    case 'sw':
      return { text: `kind = 'text' AND instr(${column}, ?) = 1`, params: [part] }
    case 'ew':
      return { text: `kind = 'text' AND substr(${column}, ?) = ?`, params: [-BigInt([...part].length), part] }
    default:
      return never(op)
  }
}

function oneOf(values: readonly NativeScalar[]): Condition {
  const all = values.filter((value) => value !== null).map((value) => compare('eq', value, false))
  if (all.length === 0) return nobody
  return { text: all.map((one) => `(${one.text})`).join(' OR '), params: all.flatMap((one) => one.params) }
}
