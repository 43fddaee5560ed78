import { createHash } from 'node:crypto'
import type { ListPlan, PageKey } from '../plan/plan.ts'

/**
 * Where the pages of walks by index ended. SCIM pages by number (RFC 7644 section 3.4.2.4), and numbers shift when
 * something before them goes; whoever walks page by page continues behind the last record that was shown instead.
 */
export interface Anchors {
  /** Where the records before this offset ended, when a page that ended there was answered not long ago. */
  find(walk: string, offset: number): PageKey | undefined
  keep(walk: string, offset: number, end: PageKey): void
}

/** Pages remembered; the least recently used one goes first. */
const capacity = 4096
/** A walk that has slept longer than this, in milliseconds, is none: its numbers are counted again. */
const lifetime = 60 * 60 * 1000
/** Sort values are what a client wrote; one as long as this, in characters, is not kept in memory for it. */
const longest = 1000

interface Kept {
  readonly end: PageKey
  readonly until: number
}

export function anchors(now: () => number = () => performance.now()): Anchors {
  const kept = new Map<string, Kept>()
  const name = (walk: string, offset: number): string => `${walk} ${offset}`
  return {
    find(walk, offset) {
      const key = name(walk, offset)
      const found = kept.get(key)
      if (found === undefined) return undefined
      kept.delete(key)
      if (found.until < now()) return undefined
      kept.set(key, found)
      return found.end
    },
    keep(walk, offset, end) {
      const key = name(walk, offset)
      kept.delete(key)
      if ([end.sort, ...end.key].some(isLong)) return
      kept.set(key, { end, until: now() + lifetime })
      const [oldest] = kept.keys()
      if (kept.size > capacity && oldest !== undefined) kept.delete(oldest)
    },
  }
}

const isLong = (value: unknown): boolean =>
  (typeof value === 'string' || value instanceof Uint8Array) && value.length > longest

/**
 * What two requests have to have in common to be pages of one walk: who asks, the type, the condition and the order. A
 * digest: conditions are personal data, and may be long. `client` keeps the walks of two credentials apart.
 */
export function walkOf(client: string, { of, where, cut }: ListPlan): string {
  const order = cut.by === 'backend' ? cut.order : undefined
  const text = JSON.stringify([client, of.type.name, where, order], plain)
  return createHash('sha256').update(text).digest('base64url')
}

/** Slots, rows and references by the keys that are unique in their type; what JSON has no form for, in one. */
function plain(name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { integer: String(value) }
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') }
  const isPlace = (name === 'slot' || name === 'rows' || name === 'reference') && typeof value === 'object'
  return isPlace && value !== null && 'key' in value ? value.key : value
}
