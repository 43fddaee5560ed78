import type { NativeScalar, NativeValue } from '../../mapping/slot.ts'
import type { SideValues } from '../../plan/plan.ts'
import { fold } from '../../scim/compare.ts'

/** A value as the file keeps it: `kind` keeps apart what SQLite would mix (true and 1, a big and a small integer). */
export interface Kept {
  readonly kind: 'text' | 'number' | 'big' | 'boolean' | 'bytes'
  readonly value: string | number | bigint | Uint8Array
  readonly folded: string | null
}

export function keep(value: Exclude<NativeScalar, null>): Kept {
  if (typeof value === 'string') return { kind: 'text', value, folded: fold(value) }
  if (typeof value === 'number') return { kind: 'number', value, folded: null }
  // SQLite's integers end at 64 bits
  if (typeof value === 'bigint') return { kind: 'big', value: String(value), folded: null }
  if (typeof value === 'boolean') return { kind: 'boolean', value: value ? 1 : 0, folded: null }
  return { kind: 'bytes', value, folded: null }
}

export function unkeep(kind: unknown, value: unknown): NativeScalar {
  switch (kind) {
    case 'boolean':
      return Number(value) === 1
    case 'big':
      return BigInt(String(value))
    case 'number':
      return Number(value)
    case 'bytes':
      return value instanceof Uint8Array ? value : null
    default:
      return String(value)
  }
}

interface Tagged {
  readonly big?: string
  readonly bytes?: string
}
const isTagged = (value: unknown): value is Tagged =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The values of an intent as JSON text; what JSON lacks is tagged. */
export const pack = (values: SideValues): string => {
  const one = (value: NativeScalar): unknown =>
    typeof value === 'bigint'
      ? { big: String(value) }
      : value instanceof Uint8Array
        ? { bytes: Buffer.from(value).toString('base64') }
        : value
  const entries = Object.entries(values).map(([key, value]): [string, unknown] => [
    key,
    Array.isArray(value) ? (value as readonly NativeScalar[]).map(one) : one(value as NativeScalar),
  ])
  return JSON.stringify(entries)
}

export const unpack = (text: string): SideValues => {
  const one = (value: unknown): NativeScalar =>
    !isTagged(value)
      ? (value as NativeScalar)
      : value.big === undefined
        ? Uint8Array.from(Buffer.from(value.bytes ?? '', 'base64'))
        : BigInt(value.big)
  const entries = JSON.parse(text) as readonly (readonly [string, unknown])[]
  return Object.fromEntries(
    entries.map(([key, value]): [string, NativeValue] => [key, Array.isArray(value) ? value.map(one) : one(value)]),
  )
}
