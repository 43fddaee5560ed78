import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { JsonObject } from '../../src/base/json.ts'
import { scimClient } from '../wire/client.ts'
import { team } from '../wire/people.ts'
import { goes, isLookedUp, isRead, joins, joinsGroup, leavesGroup, moves, movesHouse } from './life.ts'
import type { Step } from './life.ts'
import { talk } from './talk.ts'
import type { Known, Said, Talk } from './talk.ts'
import { verify } from './verify.ts'

export interface LoadOptions {
  /** Requests a second, all clients together. */
  readonly rate: number
  /** How many clients take turns; each waits for its answer before it asks again. */
  readonly clients?: number
  /** No answer may take longer, in milliseconds. */
  readonly bound: number
  /** Without transactions, a write that was given up and goes on may be seen half done; in the end it may not. */
  readonly isSeenUnderWay?: boolean
  /** What joiners are sent with, besides what everybody has. */
  readonly more?: JsonObject
}

export interface Load {
  /** Everything that was asked and how it was answered, so far. */
  readonly said: readonly Said[]
  /** What should not have been: an answer that is late, malformed, or not possible by all that was answered before. */
  readonly wrong: readonly string[]
  readonly people: readonly Known[]
  stop(): Promise<void>
  /** Asks until a person can join, be read, enter the group and go again; resolves with the milliseconds it took. */
  recovered(within: number): Promise<number>
  /** After `stop`: what is held now is what was acknowledged, the rest whole or not there, and a retry converges. */
  verify(): Promise<readonly string[]>
  close(): void
}

/**
 * Joiners, movers and leavers, steadily, over HTTP: people that nobody else touches, so that each answer can be judged
 * by those before it.
 */
export async function startLoad(url: string, token: string, options: LoadOptions): Promise<Load> {
  const client = scimClient(url, token)
  const run = `load-${randomBytes(4).toString('hex')}`
  const made = await client.post('/Groups', team(run))
  if (made.status !== 201) throw new Error(`the load needs a group: ${made.status} ${made.text}`)
  const group = String(made.body['id'])
  const said: Said[] = []
  const wrong: string[] = []
  const people: Known[] = []
  const { ask } = talk(client, { bound: options.bound, said, wrong, isSeenUnderWay: options.isSeenUnderWay ?? false })
  const clients = options.clients ?? 12
  let stopped = false

  const joiner = (): Known => {
    const known: Known = {
      name: `${run}-${people.length}`,
      id: undefined,
      version: undefined,
      possible: [undefined],
      pending: undefined,
    }
    people.push(known)
    return known
  }
  const lane = async (number: number): Promise<void> => {
    const interval = (1000 * clients) / options.rate
    let next = performance.now() + (interval * number) / clients
    const turn = async (known: Known, step: Step): Promise<boolean> => {
      const rest = next - performance.now()
      if (rest > 0) await wait(rest)
      next = Math.max(next + interval, performance.now())
      if (stopped) return false
      await ask(known, step)
      return true
    }
    while (!stopped) {
      const known = joiner()
      for (const step of life(known, group, people.length, options.more)) {
        if (!(await turn(known, step))) break
      }
    }
  }
  const lanes = Array.from({ length: clients }, (_, i) => lane(i))
  const stop = async (): Promise<void> => {
    stopped = true
    await Promise.all(lanes)
  }
  return {
    said,
    wrong,
    people,
    stop,
    recovered: (within) => {
      const joining = (known: Known): Step => joins(known.name, options.more)
      return recovered(talk(client, { bound: within, said: [], wrong: [] }), { joiner, joining, group }, within)
    },
    verify: () => verify(client, { people, group, bound: options.bound }),
    close: () => client.close(),
  }
}

/** The steps of one person; what comes next may depend on what is known by then. */
function* life(known: Known, group: string, number: number, more: JsonObject | undefined): Generator<Step> {
  const { name } = known
  // a client that gets no answer looks whether it was done, and asks again if not
  for (let attempt = 0; attempt < 4 && known.id === undefined; attempt++) {
    yield joins(name, more)
    yield isLookedUp(name)
  }
  const { id } = known
  if (id === undefined) return
  yield isRead(id)
  yield moves(id, `Mover ${number}`)
  yield joinsGroup(id, group)
  yield moves(id, `Member ${number}`)
  yield isLookedUp(name, `emails.value eq "${name}@example.com"`)
  yield movesHouse(id, name)
  yield isRead(id)
  // some stay as they are, so that there is something to be found in the end
  if (number % 4 === 0) return
  yield leavesGroup(id, group)
  yield moves(id, `Leaver ${number}`)
  if (number % 4 === 1) return
  yield goes(id)
  yield isRead(id)
}

interface Trying {
  joiner(): Known
  joining(known: Known): Step
  readonly group: string
}

async function recovered({ ask }: Talk, { joiner, joining, group }: Trying, within: number): Promise<number> {
  const start = performance.now()
  const left = (): number => within - (performance.now() - start)
  while (left() > 0) {
    const known = joiner()
    const done: boolean[] = []
    for (const step of [() => joining(known), ...ofThePerson(known, group)]) {
      const next = step()
      if (next === undefined || !(await ask(known, next))) break
      done.push(true)
    }
    if (done.length === 4) return performance.now() - start
    await wait(20)
  }
  throw new Error(`not recovered within ${within} ms`)
}

const ofThePerson = (known: Known, group: string): readonly (() => Step | undefined)[] =>
  [isRead, (id: string) => joinsGroup(id, group), goes].map(
    (step) => () => (known.id === undefined ? undefined : step(known.id)),
  )
