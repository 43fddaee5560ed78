import { BridgeError } from '../base/errors.ts'
import type { ScimId } from '../base/brand.ts'
import { scimId } from '../base/brand.ts'
import type { Json } from '../base/json.ts'
import { isObject } from '../base/json.ts'
import type { Reference, ResourceMapping } from '../mapping/catalog.ts'
import { namedBy } from '../mapping/named-by.ts'
import type { Predicate } from '../mapping/predicate.ts'
import type { NativeRecord } from '../mapping/record.ts'
import type { PatchOperation } from '../scim/patch.ts'
import { topLevelValue, withTopLevel } from '../scim/value.ts'
import { boundsOf } from './bounds.ts'
import type { CreatePlan, IdOf, Name, Way } from './plan.ts'
import type { Replacement } from './replace.ts'
import type { Say } from './port.ts'
import { topLevelName } from './want.ts'

/** Of references that take nothing but ids no store has to be asked what a value means. */
export const isMatched = ({ match, aside }: Reference): boolean => match.length > 1 || aside !== undefined

export const nameOf = (reference: Reference, value: string, types: readonly ResourceMapping[]): Name => ({
  reference,
  value,
  ways: reference.match.map((by) => ({
    by,
    of: types.flatMap((mapping) => {
      const where: Predicate | undefined =
        by === 'id' ? { kind: 'id', ids: [scimId(value)] } : namedBy(mapping, by, value)
      return where === undefined || where.kind === 'false' ? [] : [{ type: mapping.type.name, where }]
    }),
  })),
})

/** The matches that a store cannot decide by itself, as a problem for each. */
export const unsaidMatches = (
  types: readonly ResourceMapping[],
  say: (leaf: Predicate) => Say,
): readonly { readonly path: readonly string[]; readonly message: string }[] =>
  types.flatMap(({ type, attributes }) =>
    attributes.flatMap((one) => {
      if (one.kind !== 'reference') return []
      const { match, to, of } = one.reference
      return match.flatMap((by) => {
        const tests = types.filter((target) => to.includes(target.type.name)).map((target) => namedBy(target, by, 'x'))
        if (tests.every((test) => test === undefined || boundsOf(test, say).exact)) return []
        return [
          {
            path: ['resources', type.name, 'attributes', of.name, 'match'],
            message: `the application cannot tell by itself whose ${by} something is`,
          },
        ]
      })
    }),
  )

/** What was found out about names. */
export function idsByName(found: ReadonlyMap<Name, ScimId | undefined>): IdOf {
  const ids = new Map([...found].map(([{ reference, value }, id]) => [`${reference.key} ${value}`, id]))
  return (reference, value) => ids.get(`${reference.key} ${value}`)
}

/** Where nobody was asked a name is taken for the id that it may be. */
export const asIds: IdOf = (_, value) => scimId(value)

const shown = (value: string): string => JSON.stringify(value.slice(0, 100))

/** The id that a reference shows now, where ids come first: nobody has to be asked who that is. */
export const isShown = ({ reference, value, ways }: Name, held: NativeRecord | undefined): boolean =>
  ways[0]?.by === 'id' && held?.links[reference.key]?.some(({ id }) => id === value) === true

/** What a step that asks one way is for, and when it is taken. */
export function noteOfWay({ ways }: Name, i: number): string {
  const before = ways[i - 1]
  const what = ways[i]?.by === 'id' ? 'targets' : `by ${ways[i]?.by ?? ''}`
  return before === undefined ? what : `${what}, where nobody has this ${before.by}`
}

/** Nobody guesses which of two people is meant. */
export const ambiguous = ({ reference, value }: Name, { by }: Way): BridgeError =>
  new BridgeError(
    'invalidValue',
    `${reference.of.name}: more than one ${reference.to.join(' or ')} has the ${by} ${shown(value)}, so nobody is chosen; send the id`,
  )

const unknown = ({ of, to, match }: Reference, value: string): BridgeError =>
  new BridgeError(
    'invalidValue',
    `${of.name}: there is no ${to.join(' or ')} with the ${match.join(' or ')} ${shown(value)}`,
  )

/** The id in place of the name; no value where nobody is called so and the mapping does not refuse it. */
function named(reference: Reference, value: Json | undefined, idOf: IdOf): Json | undefined {
  const name = isObject(value) ? value['value'] : value
  if (typeof name !== 'string' || name === '') return value
  const id = idOf(reference, name)
  if (id === undefined && reference.onUnknown === 'refuse') throw unknown(reference, name)
  if (id === undefined) return undefined
  return isObject(value) ? { ...value, value: id } : id
}

type Matched = readonly Reference[]

/** References of a type that are matched by more than ids. */
export const matchedIn = (mapping: ResourceMapping): Matched =>
  mapping.attributes.flatMap((one) => (one.kind === 'reference' && isMatched(one.reference) ? [one.reference] : []))

/** Operations of a PATCH, with ids in place of names. */
export const operationsByIds = (
  references: Matched,
  operations: readonly PatchOperation[],
  idOf: IdOf,
): readonly PatchOperation[] =>
  references.length === 0
    ? operations
    : operations.map((operation) => {
        const reference = references.find(({ of }) => topLevelName(of) === topLevelName(operation.target))
        if (reference === undefined || operation.op === 'remove') return operation
        if (operation.target.sub !== undefined && operation.target.sub.name !== 'value') return operation
        return { ...operation, value: named(reference, operation.value, idOf) }
      })

/** A body, with ids in place of names: to name nobody is to say that nobody is meant. */
export const replacementByIds = (references: Matched, sent: Replacement, idOf: IdOf): Replacement =>
  references.reduce(({ resource, cleared }, { of, ...reference }) => {
    const value = topLevelValue(resource, of)
    if (value === undefined) return { resource, cleared }
    const next = named({ ...reference, of }, value, idOf)
    return {
      resource: withTopLevel(resource, of, next),
      cleared: next === undefined ? new Set([...cleared, topLevelName(of)]) : cleared,
    }
  }, sent)

/** A create whose names are known by now; a name that nobody has is left out, or kept aside. */
export function createByIds(plan: CreatePlan, idOf: IdOf): CreatePlan {
  if (plan.names === undefined || plan.names.length === 0) return plan
  const { write, side } = plan.decision
  const kept: Record<string, string> = {}
  const links = write.links.map((delta) => {
    const { reference } = delta
    if (!isMatched(reference)) return delta
    const add = delta.add.flatMap((name) => {
      const id = idOf(reference, name)
      if (id === undefined && reference.onUnknown === 'refuse') throw unknown(reference, name)
      if (id === undefined && reference.aside !== undefined) kept[reference.aside.key] = name
      return id ?? []
    })
    return { ...delta, add }
  })
  return {
    ...plan,
    decision: {
      ...plan.decision,
      write: { ...write, links: links.filter(({ add }) => add.length > 0) },
      side: Object.keys(kept).length === 0 ? side : { ...side, ...kept },
    },
  }
}
