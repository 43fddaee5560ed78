import { describe, expect, it } from 'vitest'
import { afterWrite, print, thatShow } from './possible.ts'
import type { Effect, Held, Outcome, Possible, State } from './possible.ts'

const held: Held = { title: 'T', emails: ['a'], externalId: 'e', member: false }
const titled = (title: string): Held => ({ ...held, title })
const create = (state: State): Effect => (state ? { status: 409, next: state } : { status: 'done', next: held })
const retitle = (state: State): Effect =>
  state ? { status: 'done', next: { ...state, title: 'U' } } : { status: 404, next: state }

const table: readonly (readonly [string, Possible, (state: State) => Effect, Outcome, Possible | undefined])[] = [
  ['a create that is acknowledged', [undefined], create, 'done', [held]],
  ['a create that nobody knows of', [undefined], create, 'uncertain', [undefined, held]],
  ['its retry, that was needed', [undefined, held], create, 'done', [held]],
  ['its retry, that was not', [undefined, held], create, 409, [held]],
  ['a second person of that name', [held], create, 'done', undefined],
  ['a refusal without reason', [undefined], create, 409, undefined],
  ['a change that nobody knows of', [held], retitle, 'uncertain', [held, titled('U')]],
  ['the same again', [held, titled('U')], retitle, 'done', [titled('U')]],
  ['a false 404', [held, titled('U')], retitle, 404, undefined],
  ['a 404 that settles a create', [undefined, held], retitle, 404, [undefined]],
]

describe('what is possible', () => {
  it.each(table)('after %s', (_, before, effect, outcome, after) => {
    expect(afterWrite(before, effect, outcome)).toEqual(after)
  })

  it('is what a read shows', () => {
    const both: Possible = [undefined, held]
    expect(thatShow(both, (state) => state !== undefined)).toEqual([held])
    expect(thatShow([held], (state) => state === undefined)).toBeUndefined()
    expect(both.map(print)).toEqual(['absent', 'T <a> #e'])
  })
})
