import type { JsonObject } from '../../src/base/json.ts'
import { patchOf, person, where } from '../wire/people.ts'
import type { Effect, Held, State } from './possible.ts'

/** A request of a client, and what it means for the one person that it is about. */
export interface Step {
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: JsonObject
  /** Of a write. */
  readonly effect?: (state: State) => Effect
  /** Of a read: could this answer be about a person in that state? */
  readonly shows?: (state: State, seen: State) => boolean
}

const missing = (state: State): Effect => ({ status: 404, next: state })
const change =
  (to: (held: Held) => State) =>
  (state: State): Effect =>
    state === undefined ? missing(state) : { status: 'done', next: to(state) }

/** Everything but membership, which belongs to the group. */
const looks = (state: State, seen: State): boolean =>
  (state === undefined) === (seen === undefined) &&
  state?.title === seen?.title &&
  state?.externalId === seen?.externalId &&
  state?.emails.join() === seen?.emails.join()

const first = (name: string): Held => ({
  title: 'Joiner',
  emails: [`${name}@example.com`, `${name}@home.example`],
  externalId: `ext-${name}`,
  member: false,
})

export const joins = (name: string, more: JsonObject = {}): Step => {
  const held = first(name)
  return {
    name: 'create',
    method: 'POST',
    path: '/Users',
    body: person(name, {
      title: held.title,
      externalId: held.externalId,
      emails: [
        { value: held.emails[0] ?? '', type: 'work', primary: true },
        { value: held.emails[1] ?? '', type: 'home' },
      ],
      ...more,
    }),
    effect: (state) => (state ? { status: 409, next: state } : { status: 'done', next: held }),
  }
}

export const isLookedUp = (name: string, filter = `userName eq "${name}"`): Step => ({
  name: `list ${filter.split(' ')[0]}`,
  method: 'GET',
  path: `/Users${where(filter)}`,
  shows: looks,
})

export const isRead = (id: string): Step => ({ name: 'read', method: 'GET', path: `/Users/${id}`, shows: looks })

export const moves = (id: string, title: string): Step => ({
  name: 'title',
  method: 'PATCH',
  path: `/Users/${id}`,
  body: patchOf({ op: 'replace', path: 'title', value: title }),
  effect: change((held) => ({ ...held, title })),
})

/** A row goes, a row comes, a value of the side store changes: all of it or nothing. */
export const movesHouse = (id: string, name: string): Step => {
  const emails = [`${name}@example.com`, `${name}@new.example`]
  const externalId = `ext-${name}-new`
  return {
    name: 'emails',
    method: 'PATCH',
    path: `/Users/${id}`,
    body: patchOf(
      { op: 'remove', path: 'emails[type eq "home"]' },
      { op: 'add', path: 'emails', value: [{ value: emails[1] ?? '', type: 'other' }] },
      { op: 'replace', path: 'externalId', value: externalId },
    ),
    effect: change((held) => ({ ...held, emails, externalId })),
  }
}

export const joinsGroup = (id: string, group: string): Step => ({
  name: 'join',
  method: 'PATCH',
  path: `/Groups/${group}`,
  body: patchOf({ op: 'add', path: 'members', value: [{ value: id }] }),
  effect: (state) => (state ? { status: 'done', next: { ...state, member: true } } : { status: 400, next: state }),
})

export const leavesGroup = (id: string, group: string): Step => ({
  name: 'leave',
  method: 'PATCH',
  path: `/Groups/${group}`,
  body: patchOf({ op: 'remove', path: `members[value eq "${id}"]` }),
  effect: (state) => ({ status: 'done', next: state && { ...state, member: false } }),
})

export const goes = (id: string): Step => ({
  name: 'delete',
  method: 'DELETE',
  path: `/Users/${id}`,
  effect: change(() => undefined),
})

/** The person of a resource; membership is not to be seen in it. */
export function personIn(resource: JsonObject): Held {
  const emails = (resource['emails'] ?? []) as readonly { readonly value?: string }[]
  return {
    title: String(resource['title']),
    emails: emails.map(({ value }) => String(value)).sort(),
    externalId: String(resource['externalId']),
    member: false,
  }
}
