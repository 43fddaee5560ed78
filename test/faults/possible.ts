/** What a client knows of one person. */
export interface Held {
  readonly title: string
  /** In alphabetical order. */
  readonly emails: readonly string[]
  readonly externalId: string
  readonly member: boolean
}

/** undefined: there is no such person. */
export type State = Held | undefined

/** What a request does to a state: how it is answered, and what is then. */
export interface Effect {
  readonly status: 'done' | 400 | 404 | 409
  readonly next: State
}

export type Outcome = Effect['status'] | 'uncertain'

/** Every state that a person may be in by all that was answered; one, as long as nothing was left uncertain. */
export type Possible = readonly State[]

/**
 * What is possible after a write, given how it was answered; undefined when that answer was not possible.
 * Nobody knows whether an uncertain write was done: both are possible from then on.
 */
export function afterWrite(before: Possible, effect: (state: State) => Effect, outcome: Outcome): Possible | undefined {
  if (outcome === 'uncertain') return distinct([...before, ...before.map((state) => effect(state).next)])
  const after = before.map(effect).filter(({ status }) => status === outcome)
  return after.length === 0 ? undefined : distinct(after.map(({ next }) => next))
}

/** The states that look like what was read; `shows` leaves out what that read does not show. */
export const thatShow = (possible: Possible, shows: (state: State) => boolean): Possible | undefined => {
  const left = possible.filter(shows)
  return left.length === 0 ? undefined : left
}

export const same = (a: State, b: State): boolean => print(a) === print(b)

export const print = (state: State): string =>
  state === undefined
    ? 'absent'
    : `${state.title} <${state.emails.join(' ')}> #${state.externalId}${state.member ? ' member' : ''}`

function distinct(states: readonly State[]): Possible {
  const seen = new Map(states.map((state) => [print(state), state]))
  return [...seen.values()]
}
