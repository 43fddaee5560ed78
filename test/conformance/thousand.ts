import type { JsonObject } from '../../src/base/json.ts'
import { patch, post, put, remove } from '../wire/bulk.ts'
import { enterpriseSchema, person, team, userSchema } from '../wire/people.ts'

/** People and groups by the names that a bulk request gives them. */
export interface State {
  readonly people: ReadonlyMap<string, Person>
  readonly groups: ReadonlyMap<string, ReadonlySet<string>>
}

export interface Person {
  readonly title: string | undefined
  readonly givenName: string
  readonly manager: string | undefined
}

export interface Thousand {
  readonly operations: readonly JsonObject[]
  /** Status of each, by its place. */
  readonly statuses: readonly string[]
  /** What has to be held afterwards. */
  readonly state: State
}

const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i)

export const staffed = (userName: string, manager: string, more: JsonObject = {}): JsonObject => ({
  ...person(userName, more),
  schemas: [userSchema, enterpriseSchema],
  [enterpriseSchema]: { manager: { value: manager } },
})

/** A hundred people and ten groups of five, for the others to work on. */
export const beginning: readonly JsonObject[] = [
  ...range(0, 100).map((i) => post(`e${i}`, '/Users', person(`e${i}`))),
  ...range(0, 10).map((i) =>
    post(
      `h${i}`,
      '/Groups',
      team(
        `h${i}`,
        range(0, 5).map((k) => `bulkId:e${10 * i + k}`),
      ),
    ),
  ),
]

/**
 * A thousand operations of every kind: forward and backward references in members, managers, paths and value filters, two
 * circles, changes of what is there and of what is made, deletions, and some that must fail. `ids` has those of the
 * beginning. What they come to is worked out beside them, one after the other, the way they are meant.
 */
export function thousand(ids: ReadonlyMap<string, string>): Thousand {
  const operations: JsonObject[] = []
  const statuses: string[] = []
  const people = new Map<string, Person>(
    range(0, 100).map((i) => [`e${i}`, { title: undefined, givenName: 'Given', manager: undefined }]),
  )
  const groups = new Map<string, Set<string>>(
    range(0, 10).map((i) => [`h${i}`, new Set(range(0, 5).map((k) => `e${10 * i + k}`))]),
  )
  const add = (operation: JsonObject, status: string): number => operations.push(operation) && statuses.push(status)
  const change = (name: string, more: Partial<Person>): void => {
    const held = people.get(name)
    if (held === undefined) throw new Error(`nobody is called ${name}`)
    people.set(name, { ...held, ...more })
  }
  const id = (name: string): string => ids.get(name) ?? `no id of ${name}`

  // groups before their members, each fifth in the one that follows, the last two in one another
  for (const i of range(0, 50)) {
    const inside = [...range(6 * i, 6 * i + 5).map((n) => `n${n}`), ...(i % 5 === 0 ? [`g${i + 1}`] : [])]
    if (i === 48) inside.push('g49')
    if (i === 49) inside.push('g48')
    add(
      post(
        `g${i}`,
        '/Groups',
        team(
          `g${i}`,
          inside.map((one) => `bulkId:${one}`),
        ),
      ),
      '201',
    )
    groups.set(`g${i}`, new Set(inside))
  }
  // changes of people who come later in the request
  const later = range(0, 300).filter((n) => n % 2 === 0)
  for (const n of later) add(patch(`/Users/bulkId:n${n}`, { op: 'replace', path: 'title', value: `T${n}` }), '200')
  // people: each third is led by the one behind, each third by the one before
  for (const n of range(0, 300)) {
    const manager = n % 3 === 0 ? `n${n + 1}` : n % 3 === 1 ? `n${n - 1}` : undefined
    const made = manager === undefined ? person(`n${n}`) : staffed(`n${n}`, `bulkId:${manager}`)
    add(post(`n${n}`, '/Users', made), '201')
    people.set(`n${n}`, { title: n % 2 === 0 ? `T${n}` : undefined, givenName: 'Given', manager })
  }
  for (const [name, manager] of [
    ['c0', 'c1'],
    ['c1', 'c2'],
    ['c2', 'c0'],
  ] as const) {
    add(post(name, '/Users', staffed(name, `bulkId:${manager}`)), '201')
    people.set(name, { title: undefined, givenName: 'Given', manager })
  }
  for (const i of range(0, 100)) {
    add(patch(`/Users/${id(`e${i}`)}`, { op: 'add', path: 'title', value: `old ${i}` }), '200')
    change(`e${i}`, { title: `old ${i}` })
  }
  for (const i of range(0, 50)) {
    add(put(`/Users/${id(`e${i}`)}`, staffed(`e${i}`, `bulkId:n${i}`, { title: `P${i}` })), '200')
    change(`e${i}`, { title: `P${i}`, manager: `n${i}` })
  }
  for (const i of range(0, 10)) {
    const path = `/Groups/${id(`h${i}`)}`
    add(patch(path, { op: 'add', path: 'members', value: [{ value: `bulkId:n${i}` }] }), '204')
    add(patch(path, { op: 'remove', path: `members[value eq "${id(`e${10 * i}`)}"]` }), '204')
    groups.get(`h${i}`)?.add(`n${i}`)
    groups.get(`h${i}`)?.delete(`e${10 * i}`)
  }
  for (const i of range(0, 40)) {
    const path = `/Groups/bulkId:g${i}`
    add(patch(path, { op: 'remove', path: `members[value eq "bulkId:n${6 * i}"]` }), '204')
    add(patch(path, { op: 'add', path: 'members', value: [{ value: `bulkId:n${6 * i + 5}` }] }), '204')
    groups.get(`g${i}`)?.delete(`n${6 * i}`)
    groups.get(`g${i}`)?.add(`n${6 * i + 5}`)
  }
  for (const n of range(0, 187)) {
    add(patch(`/Users/bulkId:n${n}`, { op: 'replace', path: 'name.givenName', value: `G${n}` }), '200')
    change(`n${n}`, { givenName: `G${n}` })
  }
  const gone = [...range(90, 100).map((i) => `e${i}`), ...range(0, 20).map((i) => `n${6 * i + 2}`)]
  for (const name of gone) {
    add(remove(ids.has(name) ? `/Users/${id(name)}` : `/Users/bulkId:${name}`), '204')
    people.delete(name)
    for (const inside of groups.values()) inside.delete(name)
    for (const [led, { manager }] of people) if (manager === name) change(led, { manager: undefined })
  }
  for (const n of range(0, 10)) add(post(`d${n}`, '/Users', person(`N${250 + n}`)), '409')
  for (const n of range(0, 5)) add(post(`f${n}`, '/Groups', team(`f${n}`, [`bulkId:d${n}`, 'bulkId:n7'])), '409')
  for (const n of range(0, 5)) add(post(`u${n}`, '/Groups', team(`u${n}`, ['bulkId:nobody'])), '400')
  for (const n of range(0, 5)) add(remove(`/Users/00000000-0000-4000-8000-00000000000${n}`), '404')
  for (const name of ['e0', 'e1', 'e2', 'e3', 'e4']) add({ method: 'GET', path: `/Users/${id(name)}` }, '400')
  if (operations.length !== 1000) throw new Error(`these are ${operations.length}`)
  return { operations, statuses, state: { people, groups } }
}
