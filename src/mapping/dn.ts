/** One RDN: its types and values, prepared for comparison. */
type Rdn = readonly string[]

const hex = /^[0-9A-Fa-f]{2}$/
const type = /^(?:[A-Za-z][A-Za-z0-9_-]*|\d+(?:\.\d+)+)$/

/**
 * The RDNs of a distinguished name, the lowest first; undefined when the text is none (RFC 4514 section 3). Prepared as
 * most naming attributes compare: without regard to case and to the number of blanks.
 */
function rdnsOf(dn: string): readonly Rdn[] | undefined {
  const rdns: Rdn[] = []
  for (const rdn of cut(dn, ',')) {
    const pairs = cut(rdn, '+').map((pair) => {
      const equals = pair.indexOf('=')
      const name = pair.slice(0, Math.max(0, equals)).trim()
      const value = unescaped(pair.slice(equals + 1).trimStart())
      return type.test(name) && value !== undefined && value !== ''
        ? `${name.toLowerCase()}=${value.normalize('NFKC').toLowerCase().trim().replace(/ +/g, ' ')}`
        : undefined
    })
    const known = pairs.filter((pair) => pair !== undefined)
    if (known.length < pairs.length) return undefined
    rdns.push(known.sort())
  }
  return rdns
}

export const isDn = (text: string): boolean => rdnsOf(text) !== undefined

/** `dn` is `base` or lies below it. */
export function isWithin(dn: string, base: string): boolean {
  const below = rdnsOf(dn)
  const above = rdnsOf(base)
  if (below === undefined || above === undefined || below.length < above.length) return false
  return String(below.slice(below.length - above.length)) === String(above)
}

/** The listed DN that an entry lies in: the nearest one above it; undefined when there is none. */
export const containerOf = (listed: readonly string[], entry: string): string | undefined =>
  listed
    .filter((one) => isWithin(entry, one) && !isWithin(one, entry))
    .sort((a, b) => (isWithin(a, b) ? -1 : isWithin(b, a) ? 1 : 0))[0]

/** At each separator that is not escaped. */
function cut(text: string, by: string): readonly string[] {
  const parts: string[] = ['']
  for (const [token] of text.matchAll(/\\.|[^\\]|\\/gsu))
    if (token === by) parts.push('')
    else parts[parts.length - 1] += token
  return parts
}

/** The value behind `\,` and `\C3\A4`; blanks at the end count when they are escaped. `#04…` is left as it is. */
function unescaped(text: string): string | undefined {
  const kept = /(?:\\.|[^\\])*?(?= *$)/su.exec(text)?.[0] ?? ''
  const bytes: Uint8Array[] = []
  for (const [token, pair, one] of kept.matchAll(/\\([0-9A-Fa-f]{2})|\\(.)|[^\\]|\\/gsu)) {
    if (pair !== undefined && hex.test(pair)) bytes.push(Uint8Array.of(Number.parseInt(pair, 16)))
    else if (one !== undefined) bytes.push(Buffer.from(one))
    else if (/["+,;<>\\]/.test(token)) return undefined
    else bytes.push(Buffer.from(token))
  }
  return Buffer.concat(bytes).toString('utf8')
}
