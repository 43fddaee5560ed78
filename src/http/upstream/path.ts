import { BridgeError } from '../../base/errors.ts'

/** How often a path is decoded to see what somebody behind may make of it. */
const layers = 3

/** The first segment of a safe path, as somebody behind may read it. */
export function firstSegment(path: string): string {
  let read = path
  for (let i = 0; i < layers; i++) read = decoded(read)
  return read.split(/[/\\;?#]/).find((part) => part !== '') ?? ''
}

/**
 * A path of the client that may be appended to that of an upstream, byte for byte: it leads nowhere but below it,
 * whatever is decoded there, and however often. RFC 3986 section 3.3: `.` and `..` are for moving, not for naming.
 */
export function safePath(path: string): string {
  if (path.includes('//')) throw new BridgeError('notFound', 'There is no such endpoint')
  let read = path
  for (let i = 0; i <= layers; i++) {
    if (leadsAway(read)) throw new BridgeError('notFound', 'There is no such endpoint')
    const next = decoded(read)
    if (next === read) return path
    read = next
  }
  throw new BridgeError('notFound', 'There is no such endpoint')
}

function leadsAway(path: string): boolean {
  const parts = path.split(/[/\\]/)
  // some servers cut parameters off a segment before they look at it: `..;a=b`
  // and some read UTF-8 that says in two bytes what one can say (RFC 3629 section 10): %c0%ae is a dot to them
  return (
    /[\0-\x1f\x7f]|%c[01]%[89ab]|%e0%[89]|%f0%8/i.test(path) ||
    parts.some((part) => /^\.{1,2}$/.test(part.split(';')[0] ?? ''))
  )
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    // not UTF-8, or no escape: what is left of it are plain characters to whoever reads it so
    return path.replace(/%(?:u00)?([0-7][0-9a-fA-F])/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  }
}
