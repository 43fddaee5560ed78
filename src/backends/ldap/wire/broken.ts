/**
 * What happened to an operation that has no result. `notSent`: nothing of it left this process. `noAnswer`: it was
 * sent, and the connection ended; whether it was done is not known. `late`: the same, because the time for it passed.
 */
export type Fate = 'notSent' | 'noAnswer' | 'late'

export class BrokenExchange extends Error {
  readonly fate: Fate
  constructor(fate: Fate, cause?: unknown) {
    super(
      {
        notSent: 'the connection to the directory had ended',
        noAnswer: 'the connection to the directory ended before its answer',
        late: 'the directory did not answer in time',
      }[fate],
      cause === undefined ? undefined : { cause },
    )
    this.name = 'BrokenExchange'
    this.fate = fate
  }
}

/** No connection, or none over which the bind was accepted. Nothing was sent of any operation. */
export class NoConnection extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'NoConnection'
  }
}
