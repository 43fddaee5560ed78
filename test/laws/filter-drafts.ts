import fc from 'fast-check'
import { isBridgeError } from '../../src/base/errors.ts'
import { isArray, isObject } from '../../src/base/json.ts'
import type { Json, JsonObject } from '../../src/base/json.ts'
import type { CompareOp, Filter, Literal, ScimFilter } from '../../src/scim/filter.ts'
import { resolveFilter } from '../../src/scim/filter-resolve.ts'
import type { AttributePath } from '../../src/scim/path.ts'
import type { ResourceType } from '../../src/scim/schema.ts'
import { numbers, texts, times } from './arbitraries.ts'

/** Where the value of a comparison comes from: the records themselves, bent a little, or anywhere. */
export type Operand =
  | {
      readonly kind: 'held'
      readonly pick: number
      readonly bend: 'none' | 'upper' | 'lower' | 'half' | 'middle' | 'tail' | 'longer' | 'nfd'
    }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'other'; readonly value: Literal }

export type FilterDraft =
  | { readonly kind: 'and' | 'or'; readonly of: readonly FilterDraft[] }
  | { readonly kind: 'not'; readonly of: FilterDraft }
  | { readonly kind: 'present'; readonly path: AttributePath }
  | { readonly kind: 'compare'; readonly path: AttributePath; readonly op: CompareOp; readonly value: Operand }
  | { readonly kind: 'some'; readonly path: AttributePath; readonly where: FilterDraft }

const ops: readonly CompareOp[] = ['eq', 'eq', 'eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']

const operandsOf = (words: readonly string[]): fc.Arbitrary<Operand> =>
  fc.oneof(
    {
      arbitrary: fc.record({
        kind: fc.constant('held' as const),
        pick: fc.nat({ max: 1000 }),
        bend: fc.constantFrom('none', 'none', 'none', 'upper', 'lower', 'half', 'middle', 'tail', 'longer', 'nfd'),
      }),
      weight: 5,
    },
    {
      arbitrary: (words.length === 0 ? texts : fc.oneof(texts, fc.constantFrom(...words))).map((text) => ({
        kind: 'text' as const,
        text,
      })),
      weight: 3,
    },
    {
      arbitrary: fc
        .constantFrom<Literal>(null, true, false, ...times, ...numbers)
        .map((value) => ({ kind: 'other' as const, value })),
      weight: 2,
    },
  )

/**
 * Filters over everything that a resource type carries, save the top-level attributes in `without`. `words` are operands
 * besides those that everybody is asked with.
 */
export function filterDrafts(
  type: ResourceType,
  without: readonly string[] = [],
  words: readonly string[] = [],
): fc.Arbitrary<FilterDraft> {
  const operands = operandsOf(words)
  const tops = [
    ...[...type.common, ...type.schema.attributes].map((attribute) => ({ urn: undefined, attribute })),
    ...type.extensions.flatMap(({ schema }) =>
      schema.attributes.map((attribute) => ({ urn: schema.id as string, attribute })),
    ),
  ].filter(({ attribute }) => !without.includes(attribute.name))
  // `groups.value eq` is worth as much attention as `userName eq`: every sub-attribute counts like an attribute
  const paths: readonly AttributePath[] = tops.flatMap(({ urn, attribute }) => [
    { urn, name: attribute.name, sub: undefined },
    ...attribute.subAttributes.map((sub) => ({ urn, name: attribute.name, sub: sub.name })),
  ])
  const lists = tops.filter(({ attribute }) => attribute.multiValued && attribute.subAttributes.length > 0)
  const leaf = (of: readonly AttributePath[]): fc.Arbitrary<FilterDraft> => {
    const path = fc.constantFrom(...of)
    return fc.oneof(
      {
        arbitrary: fc.record({
          kind: fc.constant('compare' as const),
          path,
          op: fc.constantFrom(...ops),
          value: operands,
        }),
        weight: 4,
      },
      { arbitrary: fc.record({ kind: fc.constant('present' as const), path }), weight: 1 },
    )
  }
  const tree = (leaves: fc.Arbitrary<FilterDraft>, depth: number): fc.Arbitrary<FilterDraft> =>
    depth === 0
      ? leaves
      : fc.oneof(
          { arbitrary: leaves, weight: 3 },
          {
            arbitrary: fc.record({
              kind: fc.constantFrom('and' as const, 'or' as const),
              of: fc.array(tree(leaves, depth - 1), { minLength: 2, maxLength: 3 }),
            }),
            weight: 2,
          },
          { arbitrary: fc.record({ kind: fc.constant('not' as const), of: tree(leaves, depth - 1) }), weight: 2 },
        )
  const some = lists.map(({ urn, attribute }) =>
    fc.record({
      kind: fc.constant('some' as const),
      path: fc.constant<AttributePath>({ urn, name: attribute.name, sub: undefined }),
      where: tree(leaf(attribute.subAttributes.map((sub) => ({ urn: undefined, name: sub.name, sub: undefined }))), 1),
    }),
  )
  return tree(
    fc.oneof({ arbitrary: leaf(paths), weight: 4 }, ...some.map((arbitrary) => ({ arbitrary, weight: 1 }))),
    3,
  )
}

/** What the records hold, by attribute as a filter names it. */
export type Pool = ReadonlyMap<string, readonly Literal[]>

/** A draft with its values filled in and its names resolved; undefined when the language refuses every leaf of it. */
export function instantiate(draft: FilterDraft, type: ResourceType, pool: Pool): ScimFilter | undefined {
  const filter = fill(draft, pool, (leaf) => {
    try {
      resolveFilter(leaf, type)
      return true
    } catch (error) {
      if (isBridgeError(error) && error.reason === 'invalidFilter') return false
      throw error
    }
  })
  return filter && resolveFilter(filter, type)
}

type Accepts = (leaf: Filter<AttributePath>) => boolean

function fill(
  draft: FilterDraft,
  pool: Pool,
  accepts: Accepts,
  parent?: AttributePath,
): Filter<AttributePath> | undefined {
  switch (draft.kind) {
    case 'and':
    case 'or': {
      const of = draft.of.flatMap((part) => fill(part, pool, accepts, parent) ?? [])
      return of.length === 0 ? undefined : { kind: draft.kind, of }
    }
    case 'not': {
      const of = fill(draft.of, pool, accepts, parent)
      return of && { kind: 'not', of }
    }
    case 'some': {
      const where = fill(draft.where, pool, accepts, draft.path)
      return where && { kind: 'some', attr: draft.path, where }
    }
    case 'present':
    case 'compare': {
      const leaf: Filter<AttributePath> =
        draft.kind === 'present'
          ? { kind: 'present', attr: draft.path }
          : {
              kind: 'compare',
              op: draft.op,
              attr: draft.path,
              value: literalOf(draft.value, pool, parent ?? draft.path, parent && draft.path.name),
            }
      return accepts(parent === undefined ? leaf : { kind: 'some', attr: parent, where: leaf }) ? leaf : undefined
    }
  }
}

function literalOf(operand: Operand, pool: Pool, path: AttributePath, sub = path.sub): Literal {
  if (operand.kind === 'text') return operand.text
  if (operand.kind === 'other') return operand.value
  const held = pool.get(poolKey(path.urn, path.name, sub)) ?? []
  const value = held[operand.pick % Math.max(1, held.length)] ?? 'nobody'
  if (typeof value !== 'string') return value
  const points = [...value]
  switch (operand.bend) {
    case 'none':
      return value
    case 'upper':
      return value.toUpperCase()
    case 'lower':
      return value.toLowerCase()
    case 'half':
      return points.slice(0, Math.ceil(points.length / 2)).join('')
    case 'middle':
      return points.slice(1, -1).join('')
    case 'tail':
      return points.slice(-2).join('')
    case 'longer':
      return `${value}a`
    case 'nfd':
      return value.normalize('NFD')
  }
}

const poolKey = (urn: string | undefined, name: string, sub: string | undefined): string =>
  `${urn ?? ''} ${name} ${sub ?? ''}`

/** Everything that the resources show, for comparisons that hit. */
export function poolOf(resources: readonly JsonObject[], type: ResourceType): Pool {
  const pool = new Map<string, Set<Literal>>()
  const put = (urn: string | undefined, name: string, sub: string | undefined, value: Json): void => {
    if (typeof value === 'object' && value !== null) return
    for (const key of [poolKey(urn, name, sub), ...(sub === 'value' ? [poolKey(urn, name, undefined)] : [])]) {
      const values = pool.get(key) ?? new Set()
      pool.set(key, values.add(value))
    }
  }
  const visit = (urn: string | undefined, home: JsonObject): void => {
    for (const [name, value] of Object.entries(home)) {
      for (const one of isArray(value) ? value : [value]) {
        if (isObject(one)) for (const [sub, inner] of Object.entries(one)) put(urn, name, sub, inner)
        else put(urn, name, undefined, one)
      }
    }
  }
  const urns = type.extensions.map((e) => e.schema.id as string)
  for (const resource of resources) {
    visit(undefined, Object.fromEntries(Object.entries(resource).filter(([name]) => !urns.includes(name))))
    for (const name of urns) {
      const home = resource[name]
      if (isObject(home)) visit(name, home)
    }
  }
  return new Map([...pool].map(([key, held]) => [key, [...held]]))
}
