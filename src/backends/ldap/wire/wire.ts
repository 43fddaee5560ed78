import type { Entry, Operation, Result, Search } from '../operation.ts'

/** A directory, whichever of its servers answers. All reject with BridgeError. */
export interface Wire {
  /** A result code other than success is a result. A write is sent again only when nothing of it was sent before. */
  execute(operation: Operation, options: { readonly signal: AbortSignal }): Promise<Result>
  /** A search to its end, handed over page by page; the result is the last page's, without entries. */
  walk(
    search: Search,
    take: (entries: readonly Entry[]) => void,
    options: { readonly signal: AbortSignal; readonly pageSize?: number },
  ): Promise<Result>
  /** Every server is reached in a way that passwords may be written over. */
  readonly protected: boolean
  /** Some server answers. */
  ping(signal: AbortSignal): Promise<void>
  /** Takes nothing new, finishes what it has, unbinds. */
  close(): Promise<void>
}

/** What an operator is told. */
export interface WireHooks {
  /** Where a server referred to, without DNs; told once each. Referrals are never followed. */
  onReferral(text: string): void
  /** A server is passed over, or used again. `cause` is for the log. */
  onServer(event: { readonly url: string; readonly state: 'used' | 'slow' | 'away'; readonly cause: unknown }): void
}
