import type { JsonObject } from '../../src/base/json.ts'
import type { Answer, Client } from '../wire/client.ts'
import { personIn } from './life.ts'
import type { Step } from './life.ts'
import { afterWrite, print, thatShow } from './possible.ts'
import type { Outcome, Possible, State } from './possible.ts'
import { malformed } from './well-formed.ts'

/** What one client knows of one of its people. */
export interface Known {
  readonly name: string
  id: string | undefined
  /** Of the resource as it was last shown; undefined when somebody may have changed it since. */
  version: string | undefined
  possible: Possible
  /** The last write of which nobody knows whether it was done; undefined when all is certain. */
  pending: Step | undefined
}

/** One exchange. */
export interface Said {
  readonly step: string
  readonly who: string
  /** 0: no answer at all. */
  readonly status: number
  /** When it was asked, by `performance.now()`, and how long the answer took, in milliseconds. */
  readonly at: number
  readonly took: number
  /** Of an answer that left the end uncertain. */
  readonly text?: string
}

export interface Talk {
  /** Asks, judges the answer and remembers what it means; true when it was neither refused nor uncertain. */
  ask(known: Known, step: Step): Promise<boolean>
}

export interface Notes {
  readonly bound: number
  /** Without transactions, a write that was given up and goes on may be seen half done; in the end it may not. */
  readonly isSeenUnderWay?: boolean
  readonly said: Said[]
  readonly wrong: string[]
}

export function talk(client: Client, { bound, said, wrong, isSeenUnderWay = false }: Notes): Talk {
  return {
    async ask(known, step) {
      const guard = step.name === 'title' && known.pending === undefined ? known.version : undefined
      const at = performance.now()
      const answer = await client
        .send(step.method, step.path, {
          ...(step.body && { body: step.body }),
          ...(guard !== undefined && { headers: { 'if-match': guard } }),
        })
        .catch((error: Error) => error)
      const took = performance.now() - at
      const status = answer instanceof Error ? 0 : answer.status
      const text = answer instanceof Error ? answer.message : answer.text
      said.push({ step: step.name, who: known.name, status, at, took, ...(status >= 500 && { text }) })
      const complain = (what: string): void => {
        wrong.push(`${step.name} of ${known.name}: ${what} (possible: ${known.possible.map(print).join(' | ')})`)
      }
      if (took > bound) complain(`answered after ${took.toFixed(0)} ms`)
      if (answer instanceof Error) complain(answer.message)
      else for (const what of malformed(answer)) complain(what)
      if (step.shows !== undefined) {
        if (answer instanceof Error || status === 503) return false
        judgeRead(known, step, answer, isSeenUnderWay, complain)
      } else judgeWrite(known, step, answer instanceof Error ? undefined : answer, complain)
      return status >= 200 && status < 300
    },
  }
}

function judgeRead(
  known: Known,
  step: Step,
  answer: Answer,
  isSeenUnderWay: boolean,
  complain: (what: string) => void,
): void {
  const found = resourceIn(answer)
  if (found === 'several') return complain(`more than one: ${answer.text.slice(0, 400)}`)
  if (answer.status >= 400 && answer.status !== 404) return complain(`${answer.status} ${answer.text}`)
  const seen: State = found && personIn(found)
  const left = thatShow(known.possible, (state) => step.shows?.(state, seen) === true)
  if (left === undefined && isSeenUnderWay && known.pending !== undefined) return
  if (left === undefined) return complain(`showed ${print(seen)}`)
  // what is still under way on the server may yet be done after this read
  if (known.pending === undefined) known.possible = left
  if (found !== undefined) learn(known, found)
}

function judgeWrite(known: Known, step: Step, answer: Answer | undefined, complain: (what: string) => void): void {
  if (step.effect === undefined) return
  const outcome = outcomeOf(answer)
  if (outcome === undefined) return complain(`${answer?.status} ${answer?.text}`)
  const after = afterWrite(known.possible, step.effect, outcome)
  if (after === undefined) return complain(`was answered ${answer?.status} ${answer?.text.slice(0, 200)}`)
  known.possible = after
  known.version = undefined
  // a write waits for the one before it: its own answer settles what that one did
  known.pending = outcome === 'uncertain' ? step : undefined
  if (outcome === 'done' && answer?.body['userName'] !== undefined) learn(known, answer.body)
}

function outcomeOf(answer: Answer | undefined): Outcome | undefined {
  if (answer === undefined || answer.status === 503) return 'uncertain'
  if (answer.status < 300) return 'done'
  const { status } = answer
  return status === 400 || status === 404 || status === 409 ? status : undefined
}

function learn(known: Known, resource: JsonObject): void {
  known.id = String(resource['id'])
  const version = (resource['meta'] as JsonObject | undefined)?.['version']
  known.version = typeof version === 'string' ? version : undefined
}

/** The resource of an answer to a read or to a search for one. */
export function resourceIn({ status, body }: Answer): JsonObject | 'several' | undefined {
  if (status >= 400) return undefined
  if (body['totalResults'] === undefined) return body
  const found = (body['Resources'] ?? []) as readonly JsonObject[]
  return found.length > 1 ? 'several' : found[0]
}
