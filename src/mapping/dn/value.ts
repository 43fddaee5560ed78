/** A value as it goes over the wire: text, or bytes where the syntax is not text. */
export type Value = string | Uint8Array

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Text where it is UTF-8, and the bytes where not. */
export const valueOfBytes = (bytes: Uint8Array): Value => printable(bytes) ?? new Uint8Array(bytes)

/** A value as text; undefined when it is not UTF-8. */
export function printable(value: Value): string | undefined {
  if (typeof value === 'string') return value
  try {
    return utf8.decode(value)
  } catch {
    return undefined
  }
}

/** Every byte as `\2a`, the one escape that DNs (RFC 4514 section 2.4) and filters (RFC 4515 section 3) share. */
export const escapedBytes = (value: Value): string =>
  Buffer.from(value)
    .toString('hex')
    .replace(/../g, (pair) => `\\${pair}`)
