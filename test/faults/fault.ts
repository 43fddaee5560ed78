/** What lies between a client and its server. A fault is on until the next one is set. */
export type Fault =
  | { readonly kind: 'pass' }
  /** Nobody listens: the server is down. What was connected is reset. */
  | { readonly kind: 'refuse' }
  /** Every connection, old and new, is reset. */
  | { readonly kind: 'reset' }
  /** Bytes vanish in both directions. A connection that lost any stays silent for good; others live on afterwards. */
  | { readonly kind: 'blackhole' }
  /** Bytes are held back in both directions and arrive, late, when the fault is over: also after the client gave up. */
  | { readonly kind: 'freeze' }
  /** Each way takes so much longer. */
  | { readonly kind: 'latency'; readonly milliseconds: number }
  /** So many more bytes come from the server; then the connection breaks, or nothing comes any more. */
  | { readonly kind: 'cut'; readonly after: number; readonly then: 'break' | 'silence' }
  /** One side says that it will send no more; the other is not told of anything. */
  | { readonly kind: 'halfClose'; readonly by: 'server' | 'client' }
  /** The server does what every so manieth such statement says; its answer vanishes and the connection breaks. */
  | { readonly kind: 'loseReply'; readonly to: RegExp; readonly every: number }
  /** Such a statement never arrives, and the connection breaks: to the client it looks the same. */
  | { readonly kind: 'loseRequest'; readonly to: RegExp; readonly every: number }

export const pass: Fault = { kind: 'pass' }

/** By how many milliseconds what is sent now is held back. */
export function delayOf(fault: Fault): number {
  if (fault.kind === 'latency') return fault.milliseconds
  return fault.kind === 'freeze' || fault.kind === 'blackhole' ? Number.POSITIVE_INFINITY : 0
}

export interface Stats {
  /** Connections that were accepted. */
  connections: number
  /** Those that are open now. */
  open: number
  /** Connections that the proxy broke, half-closed or silenced. */
  harmed: number
  /** Statements that a fault was waiting for. */
  awaited: number
  /** Answers and requests that were lost on purpose. */
  lost: number
  /** Bytes that came from the client and from the server. */
  fromClient: number
  fromServer: number
}
