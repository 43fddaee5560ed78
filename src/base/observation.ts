/** Everything the bridge tells about itself, as one closed union: sinks (log, metrics, audit) consume it. */
export type Observation =
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'stopping'; readonly because: string }
  | {
      readonly kind: 'request'
      readonly id: string
      readonly application: string
      readonly method: string
      /** The route, never the raw URL: filters hold personal data (RFC 7644 section 7.5.2). */
      readonly route: string
      readonly status: number
      readonly milliseconds: number
      readonly client: string
      readonly error?: string
    }
  | {
      readonly kind: 'bulk'
      /** That of the request. */
      readonly id: string
      readonly application: string
      /** How many operations ended with each status. */
      readonly outcomes: Readonly<Record<string, number>>
    }
  | { readonly kind: 'failure'; readonly id: string; readonly code: string; readonly cause: unknown }
  | { readonly kind: 'warning'; readonly about: string; readonly detail: string }
  | { readonly kind: 'quirk'; readonly name: string; readonly application: string }
  /** A reference that had waited for somebody points at them now. */
  | { readonly kind: 'linked'; readonly application: string; readonly type: string }
  | { readonly kind: 'sweep'; readonly application: string; readonly settled: number; readonly dropped: number }

export type Observe = (observation: Observation) => void
