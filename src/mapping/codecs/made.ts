import { BridgeError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import type { Attribute } from '../../scim/schema.ts'
import type { Codec } from '../codec.ts'
import type { NativeScalar } from '../slot.ts'

/** A codec with SCIM values on which the compiler tries law 1. */
export interface MadeCodec extends Codec {
  readonly samples: readonly Json[]
}

export const invalid = (detail: string): BridgeError => new BridgeError('invalidValue', detail)
export const wrong = (detail: string): BridgeError => new BridgeError('invalidMapping', detail)

export function textOf(value: Json, what: string): string {
  if (typeof value !== 'string') throw invalid(`${what} must be a string`)
  return value
}

/** Text of a native value: bytes are read as UTF-8, as text in binary columns is. */
export function nativeText(native: NativeScalar): string | undefined {
  if (native === null) return undefined
  return native instanceof Uint8Array ? new TextDecoder().decode(native) : String(native)
}

/** A native number out of whatever a driver makes of it; undefined when it is none. */
export function nativeNumber(native: NativeScalar): number | bigint | undefined {
  if (typeof native === 'number') return Number.isFinite(native) ? native : undefined
  if (typeof native === 'bigint') return native
  if (typeof native === 'boolean') return native ? 1 : 0
  if (typeof native !== 'string') return undefined
  const text = native.trim()
  if (/^[+-]?\d+$/.test(text)) {
    const n = Number(text)
    return Number.isSafeInteger(n) ? n : BigInt(text)
  }
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined
}

/** What a SCIM value of this attribute is in JSON (RFC 7643 section 2.3). */
export const kindOf = ({ type }: Attribute): 'boolean' | 'number' | 'string' =>
  type === 'boolean' ? 'boolean' : type === 'integer' || type === 'decimal' ? 'number' : 'string'
