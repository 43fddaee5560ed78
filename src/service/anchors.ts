import { createHash } from 'node:crypto'
import type { PageKey } from '../mapping/record.ts'
import type { ListPlan } from '../plan/plan.ts'
import { printFilter } from '../scim/filter-print.ts'
import { recently } from './recently.ts'

/**
 * Where the pages of walks by index ended. SCIM pages by number (RFC 7644 section 3.4.2.4), and numbers shift when
 * something before them goes; whoever walks page by page continues behind the last record that was shown instead.
 */
export interface Anchors {
  /** Where the records before this offset ended, when a page that ended there was answered not long ago. */
  find(walk: string, offset: number): Anchor | undefined
  keep(walk: string, offset: number, anchor: Anchor): void
}

export interface Anchor {
  readonly end: PageKey
  /** What was counted when the walk began: the records that it shows from its first page to its last. */
  readonly total: number
  /** When that was, by the clock of the anchors. */
  readonly counted: number
}

/** Sort values are what a client wrote; one as long as this, in characters, is not kept in memory for it. */
const longest = 1000

export function anchors(now?: () => number): Anchors {
  const kept = recently<Anchor>(now)
  const name = (walk: string, offset: number): string => `${walk} ${offset}`
  return {
    find: (walk, offset) => kept.find(name(walk, offset)),
    keep(walk, offset, anchor) {
      if (isLong(anchor.end)) kept.forget(name(walk, offset))
      else kept.keep(name(walk, offset), anchor)
    },
  }
}

/** Too much to be remembered for a client that may never come back. */
export const isLong = ({ sort, key }: PageKey): boolean =>
  [sort, ...key].some((value) => (typeof value === 'string' || value instanceof Uint8Array) && value.length > longest)

/**
 * What two requests have to have in common to be pages of one walk: who asks, the type, the condition and the order. A
 * digest: conditions are personal data, and may be long. `client` keeps the walks of two credentials apart.
 */
export function walkOf(client: string, { of, where, cut }: ListPlan): string {
  const order = cut.by === 'backend' ? cut.order : cut.sort && [cut.sort.by.name, cut.sort.descending]
  const residual = cut.by === 'backend' ? undefined : printFilter(cut.residual)
  const text = JSON.stringify([client, of.type.name, where, order, residual], plain)
  return createHash('sha256').update(text).digest('base64url')
}

/** Slots, rows and references by the keys that are unique in their type; what JSON has no form for, in one. */
function plain(name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return { integer: String(value) }
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') }
  const isPlace = (name === 'slot' || name === 'rows' || name === 'reference') && typeof value === 'object'
  return isPlace && value !== null && 'key' in value ? value.key : value
}
