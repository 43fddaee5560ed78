import type { Dn } from './dn.ts'
import { isSameDn, isWithin } from './dn-key.ts'
import { parseDn } from './parse-dn.ts'

/** Is the text a DN (RFC 4514) that names an entry? The root of the tree is none, and nobody is called nothing. */
export const isDn = (text: string): boolean => entryNamed(text) !== undefined

const entryNamed = (text: string): Dn | undefined => {
  const dn = parseDn(text)
  const isEmpty = dn === undefined || dn.length === 0 || dn.some((rdn) => rdn.some(({ value }) => value.length === 0))
  return isEmpty ? undefined : dn
}

/** `dn` is `base` or lies below it. */
export function isAtOrBelow(dn: string, base: string): boolean {
  const below = entryNamed(dn)
  const above = entryNamed(base)
  return below !== undefined && above !== undefined && (isSameDn(below, above) || isWithin(below, above, 'sub'))
}

/** The listed DN that an entry lies in: the nearest one above it; undefined when there is none. */
export const containerOf = (listed: readonly string[], entry: string): string | undefined =>
  listed
    .filter((one) => isAtOrBelow(entry, one) && !isAtOrBelow(one, entry))
    .sort((a, b) => (isAtOrBelow(a, b) ? -1 : isAtOrBelow(b, a) ? 1 : 0))[0]
