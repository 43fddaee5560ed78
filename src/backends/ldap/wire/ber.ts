import type { Value } from '../filter.ts'

/**
 * BER as LDAP restricts it (RFC 4511 section 5.1): definite lengths, one byte of tag. It is written here because the
 * BerWriter of ldapts 9.2 loses the last bytes of a message that ends where its buffer does (about 512 KiB: a large
 * group), and such a message makes a server wait for ever.
 */
export function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([header(tag, size), ...parts])
}

function header(tag: number, size: number): Buffer {
  if (size < 0x80) return Buffer.from([tag, size])
  const bytes = bigEndian(size)
  return Buffer.from([tag, 0x80 | bytes.length, ...bytes])
}

function bigEndian(value: number): readonly number[] {
  const bytes: number[] = []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return bytes
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts)
export const setOf = (parts: readonly Uint8Array[]): Buffer => tlv(0x31, ...parts)
export const bytesOf = (value: Value): Uint8Array => (typeof value === 'string' ? Buffer.from(value) : value)
export const octets = (value: Value, tag = 0x04): Buffer => tlv(tag, bytesOf(value))
export const boolean = (value: boolean, tag = 0x01): Buffer => tlv(tag, Buffer.from([value ? 0xff : 0]))
export const enumerated = (value: number): Buffer => integer(value, 0x0a)

/** Nothing that a client sends is negative; a leading zero keeps a high bit from meaning so. */
export const integer = (value: number, tag = 0x02): Buffer => tlv(tag, integerBytes(value))

/** An AbandonRequest is such an integer without a tag of its own (RFC 4511 section 4.11). */
export function integerBytes(value: number): Buffer {
  const bytes = bigEndian(value)
  return Buffer.from(bytes.length === 0 || (bytes[0] ?? 0) >= 0x80 ? [0, ...bytes] : bytes)
}
