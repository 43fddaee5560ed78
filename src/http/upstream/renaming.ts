import { rewriteJson } from './rewrite-json.ts'
import type { JsonRewriter, Place } from './rewrite-json.ts'

/** URLs below `from` become URLs below `to`; neither ends in a slash. */
export interface Rule {
  readonly from: string
  readonly to: string
}

/** Gives back a URL under its other name; undefined when no rule covers it. */
export type Rename = (url: string) => string | undefined

/** scheme "://" authority, and the rest as it was sent. */
const absolute = /^(https?:\/\/[^/?#\\@]+)(.*)$/is

interface Parts {
  readonly origin: string
  readonly rest: string
}

/** RFC 3986 section 6.2: scheme and host have no case, and a default port is none; everything else is compared as sent. */
function partsOf(url: string): Parts | undefined {
  const [, start = '', rest = ''] = absolute.exec(url) ?? []
  const origin = start === '' ? undefined : URL.parse(start)?.origin
  return origin === undefined ? undefined : { origin, rest }
}

export function renaming(rules: readonly Rule[]): Rename {
  const known = rules
    .flatMap(({ from, to }) => {
      const parts = partsOf(from)
      return parts === undefined ? [] : [{ ...parts, to }]
    })
    // the longer path is the more particular one
    .sort((a, b) => b.rest.length - a.rest.length)
  return (url) => {
    const parts = partsOf(url)
    if (parts === undefined) return undefined
    const { origin, rest } = parts
    const rule = known.find((one) => one.origin === origin && isBelow(rest, one.rest))
    return rule === undefined ? undefined : rule.to + rest.slice(rule.rest.length)
  }
}

const isBelow = (path: string, base: string): boolean =>
  path.startsWith(base) && ['', '/', '?', '#'].includes(path.charAt(base.length))

/**
 * The strings that are addresses of resources: `$ref` (RFC 7643 section 2.4), `meta.location` (section 3.1) and the
 * `location` of a bulk operation (RFC 7644 section 3.7). Names have no case (RFC 7643 section 2.1).
 */
function isAddress({ key, above }: Place): boolean {
  const name = key.toLowerCase()
  if (name === '$ref') return true
  if (name !== 'location') return false
  const around = above.toLowerCase()
  return around === 'meta' || around === 'operations'
}

/** Rewrites the addresses in a SCIM message. A relative one stays: it means the same below either base. */
export const renameIn = (rename: Rename): JsonRewriter => rewriteJson(isAddress, (value) => rename(value) ?? value)

/** The same for a text that is there as a whole. */
export function renamedText(text: string, rename: Rename): string {
  const rewriter = renameIn(rename)
  return rewriter.push(text) + rewriter.end()
}
