import { setTimeout as sleep } from 'node:timers/promises'
import { BridgeError, isBridgeError, never } from '../../base/errors.ts'
import type { NativeOperation, RunOptions } from '../../plan/port.ts'
import type { Result } from './operation.ts'
import { printOperation } from './print.ts'
import type { Steps } from './program.ts'
import { success } from './assumed.ts'
import { isUncertain } from './uncertain.ts'
import { TryAgain } from './try-again.ts'
import type { Turns } from './turns.ts'
import type { Wire } from './wire/wire.ts'

/** How often a program begins at most, when others are quicker again and again. */
const attempts = 8

export interface Ran<T> {
  readonly value: T
  /** What was written, or would have been. */
  readonly wrote: readonly NativeOperation[]
}

export interface Means {
  readonly wire: Wire
  readonly turns: Turns
  readonly readOnly: boolean
}

/** The interpreter. A program that somebody else has overtaken begins anew, from its first read. */
export async function run<T>(means: Means, steps: () => Steps<T>, options: RunOptions): Promise<Ran<T>> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await drive(means, steps(), options)
    } catch (error) {
      if (!(error instanceof TryAgain)) throw error
      if (attempt === attempts)
        throw new BridgeError('busy', 'The directory changes too quickly for this write; try again later', error.cause)
      // those who met once should not meet again
      await sleep(Math.random() * 10 * 2 ** attempt, undefined, { signal: options.signal }).catch(() => undefined)
    }
  }
}

async function drive<T>({ wire, turns }: Means, steps: Steps<T>, options: RunOptions): Promise<Ran<T>> {
  const { signal, dry = false, beforeWrite } = options
  const wrote: NativeOperation[] = []
  const holder = {}
  /** Once something is written, giving up half-way would leave half of it. */
  let isWriting = false
  try {
    // a program that has nothing to ask is given up like any other
    if (signal.aborted) throw givenUp(signal)
    for (let step = steps.next(success); ;) {
      if (step.done === true) return { value: step.value, wrote }
      const { value } = step
      let result: Result | undefined
      let failure: unknown
      try {
        if (signal.aborted && !isWriting) throw givenUp(signal)
        switch (value.kind) {
          case 'lock':
            await turns.take(holder, value.names, signal)
            break
          case 'decided':
            if (!dry) await beforeWrite?.(value.decision)
            break
          case 'walk': {
            const { search, take, share } = value
            const begin = (until: AbortSignal): Promise<Result> => wire.walk(search, take, { signal: until })
            result = await (share === undefined ? begin(signal) : share(begin, signal))
            break
          }
          case 'operation': {
            const { operation, note, assume, isInsistent } = value
            const isWrite = operation.kind !== 'search'
            if (isWrite) wrote.push(printOperation(operation, note))
            if (isWrite && !dry) isWriting = true
            const execute = (): Promise<Result> =>
              wire.execute(operation, { signal: isWriting || isInsistent ? patience() : signal })
            result = isWrite && dry ? assume : await (isInsistent ? insist(execute) : execute())
            break
          }
          default:
            never(value)
        }
      } catch (error) {
        failure = error
      }
      // thrown into the program, which may have something to undo
      step = failure === undefined ? steps.next(result ?? success) : steps.throw(orGivenUp(failure, signal))
    }
  } finally {
    turns.release(holder)
  }
}

/** The steps after a first write have their own time: each operation of it is bounded besides. */
const patience = (): AbortSignal => AbortSignal.timeout(30_000)

/** Milliseconds for which what is half done is tried to be ended, whoever waits; and between two attempts. */
const insistence = 20_000
const between = 250

async function insist(execute: () => Promise<Result>): Promise<Result> {
  for (const end = performance.now() + insistence; ;) {
    try {
      return await execute()
    } catch (error) {
      if (!isUncertain(error) || performance.now() > end) throw error
      await sleep(between, undefined, { ref: false })
    }
  }
}

const givenUp = (signal: AbortSignal): BridgeError =>
  new BridgeError('timeout', 'the request was given up before it was finished', signal.reason)

/** What a server does is a BridgeError by now; anything else is a defect of ours, and no server's absence. */
const orGivenUp = (error: unknown, signal: AbortSignal): unknown =>
  signal.aborted && !isBridgeError(error) && !(error instanceof TryAgain) ? givenUp(signal) : error
