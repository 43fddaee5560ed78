import type { VersionList } from './request.ts'

/** entity-tag of RFC 9110 section 8.8.3, anchored where the last one ended. */
const entityTag = /\s*((?:W\/)?"[\x21\x23-\x7e\x80-\xff]*")\s*(?:,|$)/y

/**
 * The list of entity tags in a header, or in the `version` of a bulk operation; undefined when it is none. Empty list
 * members are skipped (RFC 9110 section 5.6.1).
 */
export function entityTags(said: string): VersionList | undefined {
  const text = said.trim()
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
