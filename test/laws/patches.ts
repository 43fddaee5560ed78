import fc from 'fast-check'
import type { Json, JsonObject } from '../../src/base/json.ts'
import { nastyTexts } from './arbitraries.ts'

/** One operation as a client sends it; `$3` stands for the id of the third person, `$x` for nobody's. */
export type WireOperation = JsonObject

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const kit = 'urn:example:params:scim:schemas:kit:2.0:User'

const short = nastyTexts.filter((text) => text.length < 20)
const text = fc.constantFrom(...short)
const person = fc.constantFrom('$0', '$1', '$2', '$3', '$4', '$x')
const mail = fc.record(
  { value: fc.constantFrom('a@x', 'b@x', 'A@x', 'é@x'), type: fc.constantFrom('work', 'home'), primary: fc.boolean() },
  { requiredKeys: ['value'] },
)
const phone = fc.record({ value: fc.constantFrom('1', '2', '3'), type: fc.constantFrom('work', 'mobile') })
const members = fc.array(
  person.map((value) => ({ value })),
  { minLength: 1, maxLength: 3 },
)

/** Path and the values that may go there. */
const userPaths: readonly (readonly [path: string, value: fc.Arbitrary<Json>])[] = [
  ['userName', fc.constantFrom('p0', 'P1', 'p2', 'somebody', 'some body', 'é')],
  ['displayName', text],
  ['title', text],
  ['nickName', fc.oneof(text, fc.constant(null))],
  ['name.givenName', text],
  ['name.familyName', text],
  ['name', fc.record({ givenName: text, familyName: text }, { requiredKeys: [] })],
  ['locale', text],
  ['timezone', text],
  ['active', fc.constantFrom<Json>(true, false, 'True', 'false')],
  ['userType', fc.constantFrom('Employee', 'contractor', 'Contractor', 'Alien')],
  [`${enterprise}:employeeNumber`, text],
  [`${enterprise}:costCenter`, text],
  [`${enterprise}:department`, fc.constantFrom('Sales', 'Research', 'New', 'sales', '')],
  [`${enterprise}:manager`, person.map((value) => ({ value }))],
  [`${kit}:badge`, fc.constantFrom(0, 7, -1, 7)],
  [`${kit}:score`, fc.constantFrom(0, 1.5, -0.25)],
  [`${kit}:hired`, fc.constantFrom('2020-01-01T00:00:00Z', '2020-01-01T01:00:00+01:00', '1999-12-31T23:59:59Z')],
  [`${kit}:code`, text],
  [`${kit}:tags`, fc.array(fc.constantFrom('red', 'Red', 'blue', 'é'), { maxLength: 3 })],
  ['emails', fc.array(mail, { maxLength: 3 })],
  ['emails[type eq "work"].value', fc.constantFrom('w@x', 'a@x')],
  ['emails[type eq "home"]', mail],
  ['emails[value eq "a@x"].primary', fc.boolean()],
  ['emails[value co "@"].type', fc.constantFrom('work', 'home')],
  ['emails[not (type pr)].type', fc.constantFrom('work', 'home')],
  ['phoneNumbers', fc.array(phone, { maxLength: 2 })],
  ['phoneNumbers[type eq "work"].value', fc.constantFrom('4', '5')],
]

const groupPaths: readonly (readonly [path: string, value: fc.Arbitrary<Json>])[] = [
  ['displayName', text.filter((t) => t.trim() !== '')],
  ['members', members],
  ['members', members],
  ['members', fc.constant([])],
]

const assignment = (paths: typeof userPaths): fc.Arbitrary<WireOperation> =>
  fc
    .constantFrom(...paths)
    .chain(([path, value]) => fc.record({ op: fc.constantFrom('add', 'replace'), path: fc.constant(path), value }))

const removal = (paths: typeof userPaths): fc.Arbitrary<WireOperation> =>
  fc.constantFrom(...paths.map(([path]) => path)).map((path) => ({ op: 'remove', path }))

/** Several attributes at once, without a path (RFC 7644 section 3.5.2.1). */
const pathless = (paths: typeof userPaths): fc.Arbitrary<WireOperation> => {
  const plain = paths.filter(([path]) => !path.includes('[') && !path.includes(':') && !path.includes('.'))
  return fc
    .array(
      fc.constantFrom(...plain).chain(([path, value]) => value.map((v) => [path, v] as const)),
      { minLength: 1, maxLength: 3 },
    )
    .chain((entries) =>
      fc.record({ op: fc.constantFrom('add', 'replace'), value: fc.constant(Object.fromEntries(entries)) }),
    )
}

const memberRemoval: fc.Arbitrary<WireOperation> = fc.oneof(
  person.map((id) => ({ op: 'remove', path: `members[value eq "${id}"]` })),
  fc.tuple(person, person).map(([a, b]) => ({ op: 'remove', path: `members[value eq "${a}" or value eq "${b}"]` })),
  members.map((value) => ({ op: 'remove', path: 'members', value })),
  person.map((id) => ({ op: 'remove', path: `members[not (value eq "${id}")]` })),
)

export interface Step {
  readonly type: 'User' | 'Group'
  /** Which of the records of the type. */
  readonly target: number
  readonly operations: readonly WireOperation[]
}

export const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    arbitrary: fc.record({
      type: fc.constant('User' as const),
      target: fc.nat({ max: 4 }),
      operations: fc.array(
        fc.oneof(
          { arbitrary: assignment(userPaths), weight: 6 },
          { arbitrary: removal(userPaths), weight: 2 },
          { arbitrary: pathless(userPaths), weight: 1 },
        ),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    weight: 3,
  },
  {
    arbitrary: fc.record({
      type: fc.constant('Group' as const),
      target: fc.nat({ max: 1 }),
      operations: fc.array(
        fc.oneof(
          { arbitrary: assignment(groupPaths), weight: 3 },
          { arbitrary: memberRemoval, weight: 3 },
          { arbitrary: pathless(groupPaths), weight: 1 },
          { arbitrary: removal([['members', fc.constant(null)]]), weight: 1 },
        ),
        { minLength: 1, maxLength: 3 },
      ),
    }),
    weight: 2,
  },
)
