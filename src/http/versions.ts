import { BridgeError } from '../base/errors.ts'
import type { VersionList } from '../scim/request.ts'

/** entity-tag of RFC 9110 section 8.8.3, anchored where the last one ended. */
const entityTag = /\s*((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")\s*(?:,|$)/y

/** The list of entity tags in a header; undefined when it is none. Empty list members are skipped (RFC 9110 5.6.1). */
function parse(header: string): VersionList | undefined {
  const text = header.trim()
  if (text === '*') return '*'
  const tags: string[] = []
  let at = 0
  while (at < text.length) {
    if (text[at] === ',' || text[at] === ' ' || text[at] === '\t') {
      at++
      continue
    }
    entityTag.lastIndex = at
    const match = entityTag.exec(text)
    if (match?.[1] === undefined) return undefined
    tags.push(match[1])
    at = entityTag.lastIndex
  }
  return tags.length === 0 ? undefined : tags
}

/** A guard that cannot be read must not be dropped: the write would go ahead without it. */
export function readGuard(name: 'If-Match' | 'If-None-Match', header: string | undefined): VersionList | undefined {
  if (header === undefined) return undefined
  const versions = parse(header)
  if (versions === undefined) throw new BridgeError('invalidSyntax', `${name} is not a list of entity tags in quotes`)
  return versions
}

/** A condition that saves traffic only: when it cannot be read the whole resource is sent. */
export const readIfNoneMatch = (header: string | undefined): VersionList | undefined =>
  header === undefined ? undefined : parse(header)
