import fc from 'fast-check'
import { never } from '../../src/base/errors.ts'
import type { ScimId } from '../../src/base/brand.ts'
import type { JsonObject } from '../../src/base/json.ts'
import type { Catalog, ResourceMapping } from '../../src/mapping/catalog.ts'
import { decodeRecord } from '../../src/mapping/decode.ts'
import type { Predicate } from '../../src/mapping/predicate.ts'
import type { NativeRecord } from '../../src/mapping/record.ts'
import type { LinkDelta, Want } from '../../src/plan/plan.ts'
import type { Say, Store } from '../../src/plan/port.ts'
import { pushdown } from '../../src/plan/pushdown.ts'
import { wantOf } from '../../src/plan/want.ts'
import { evaluate } from '../../src/scim/filter-eval.ts'
import type { ScimFilter } from '../../src/scim/filter.ts'
import { printFilter } from '../../src/scim/filter-print.ts'
import { seed } from './arbitraries.ts'
import type { Draft } from './arbitraries.ts'
import { instantiate, poolOf } from './filter-drafts.ts'
import type { FilterDraft, Pool } from './filter-drafts.ts'

const signal = new AbortController().signal
const nothing: Want = { slots: [], rows: [], links: [] }

/** What a law sees of a store: how well it says a leaf, and what it selects. */
export interface Subject {
  say(leaf: Predicate): Say
  select(where: Predicate): Promise<readonly ScimId[]>
}

/** The records of one type in one store, and the resources they stand for. */
export interface World {
  readonly mapping: ResourceMapping
  readonly records: readonly NativeRecord[]
  readonly resources: ReadonlyMap<ScimId, JsonObject>
  readonly pool: Pool
}

export async function records(
  store: Store,
  of: ResourceMapping,
  where: Predicate,
  want: Want,
): Promise<readonly NativeRecord[]> {
  const cut = {
    by: 'bridge',
    page: { offset: 0, limit: 1 },
    residual: { kind: 'true' },
    sort: undefined,
    scanLimit: 1e6,
  } as const
  const outcome = await store.run(store.lower({ kind: 'list', of, where, want, cut }), { signal })
  if (outcome.kind !== 'records') throw new Error('a list answers with records')
  const found: NativeRecord[] = []
  for await (const record of outcome.records) found.push(record)
  return found
}

export const subjectOf = (store: Store, of: ResourceMapping): Subject => ({
  say: (leaf) => store.say(leaf),
  select: async (where) => (await records(store, of, where, nothing)).map((r) => r.id),
})

/** Writes drafts as people and as many groups as links ask for, some of them inside others. */
export async function populate(
  store: Store,
  catalog: Catalog,
  drafts: readonly Draft[],
  groupNames: readonly string[] = ['Alpha', 'alpha ', 'b%', 'é', 'empty'],
): Promise<void> {
  const [user, group] = [typeNamed(catalog, 'User'), typeNamed(catalog, 'Group')]
  const users: ScimId[] = []
  for (const draft of drafts) users.push(await create(store, user, draft, []))
  const manager = referenceOf(user, 'manager')
  for (const [i, draft] of drafts.entries()) {
    const [to] = draft.links
    if (to === undefined || to % 3 === 0) continue
    await link(store, user, users[i] as ScimId, {
      reference: manager,
      only: true,
      add: [users[to % users.length] as ScimId],
      remove: [],
    })
  }
  const members = referenceOf(group, 'members')
  const display = group.attributes
    .flatMap((a) => (a.kind === 'single' ? a.leaves : []))
    .find((l) => l.ref.name === 'displayName')
  if (display?.carrier.kind !== 'slot') throw new Error('a group has a displayName')
  const { slot } = display.carrier
  const groups: ScimId[] = []
  for (const [i, name] of groupNames.entries()) {
    const add = users.filter((_, u) => drafts[u]?.links.some((l) => l % 5 === i && i < 4))
    const inner = groups.filter((_, g) => members.to.includes('Group') && drafts[0]?.links.includes(g))
    const draft: Draft = { fields: [{ slot, value: name }], rows: [], links: [] }
    groups.push(
      await create(store, group, draft, [{ reference: members, only: false, add: [...add, ...inner], remove: [] }]),
    )
  }
}

async function create(store: Store, of: ResourceMapping, draft: Draft, links: readonly LinkDelta[]): Promise<ScimId> {
  const write = { fields: draft.fields, rows: draft.rows.map((r) => ({ ...r, remove: [], change: [] })), links }
  const assign = [...of.set.create, ...of.set.write]
  const plan = {
    kind: 'create',
    of,
    decision: { write, unique: [], side: undefined },
    assign,
    answer: nothing,
  } as const
  const outcome = await store.run(store.lower(plan), { signal })
  if (outcome.kind !== 'written') throw new Error('a create answers with what was written')
  return outcome.id
}

const link = (store: Store, of: ResourceMapping, id: ScimId, delta: LinkDelta) =>
  store.run(
    store.lower({
      kind: 'change',
      of,
      id,
      prior: nothing,
      decide: () => ({ write: { fields: [], rows: [], links: [delta] }, unique: [], side: undefined }),
      assign: of.set.write,
      answer: undefined,
    }),
    { signal },
  )

export function typeNamed(catalog: Catalog, name: string): ResourceMapping {
  const found = catalog.types.find((m) => m.type.name === name)
  if (found === undefined) throw new Error(`the mapping has no ${name}`)
  return found
}

function referenceOf(of: ResourceMapping, name: string) {
  const found = of.attributes.find((a) => a.of.attribute.name === name)
  if (found?.kind !== 'reference') throw new Error(`${name} is no reference`)
  return found.reference
}

export async function look(store: Store, mapping: ResourceMapping): Promise<World> {
  const want = withoutSide(wantOf(mapping, () => true, false))
  const all = await records(store, mapping, { kind: 'true' }, want)
  const resources = new Map(all.map((r) => [r.id, withSchemas(mapping, decodeRecord(mapping, r))]))
  return { mapping, records: all, resources, pool: poolOf([...resources.values()], mapping.type) }
}

/** The side store is another one: these laws go without. */
const withoutSide = (want: Want): Want => ({ ...want, slots: want.slots.filter((slot) => slot.at.kind !== 'side') })

/** RFC 7643 section 3: the base schema, and each extension that the resource has values of. */
const withSchemas = ({ type }: ResourceMapping, resource: JsonObject): JsonObject => ({
  schemas: [type.schema.id, ...type.extensions.map((e) => e.schema.id).filter((id) => Object.hasOwn(resource, id))],
  ...resource,
})

/** The law: what the store selects and the residual keeps is what the filter means. undefined when it holds. */
async function mismatch(world: World, subject: Subject, filter: ScimFilter): Promise<string | undefined> {
  const { where, residual } = pushdown(filter, world.mapping, (leaf) => subject.say(leaf))
  const selected = new Set(await subject.select(where))
  const wrong = [...world.resources].flatMap(([id, resource]) => {
    const expected = evaluate(filter, resource)
    const got = selected.has(id) && (residual === undefined || evaluate(residual, resource))
    return expected === got ? [] : [`${expected ? 'not selected' : 'selected wrongly'}: ${JSON.stringify(resource)}`]
  })
  if (wrong.length === 0) return undefined
  const keyOnly = (key: string, value: unknown): unknown =>
    ['rows', 'reference', 'slot'].includes(key) ? (value as { readonly key: string }).key : value
  return [
    `filter:   ${printFilter(filter)}`,
    `pushed:   ${JSON.stringify(where, keyOnly)}`,
    `residual: ${residual === undefined ? 'none' : printFilter(residual)}`,
    ...wrong.slice(0, 3),
  ].join('\n')
}

/** What a client would be answered: the records that the store selects and the residual keeps. */
export async function answered(world: World, subject: Subject, filter: ScimFilter): Promise<readonly JsonObject[]> {
  const { where, residual } = pushdown(filter, world.mapping, (leaf) => subject.say(leaf))
  const selected = new Set(await subject.select(where))
  const found = [...world.resources].filter(([id]) => selected.has(id)).map(([, resource]) => resource)
  return residual === undefined ? found : found.filter((resource) => evaluate(residual, resource))
}

export interface Tally {
  filters: number
  pushed: number
  nonEmpty: number
}

/** The first filter that breaks the law, made as small as it gets. */
export async function firstMismatch(
  world: World,
  subject: Subject,
  drafts: readonly FilterDraft[],
  tally?: Tally,
  asks: (filter: ScimFilter) => boolean = () => true,
): Promise<string | undefined> {
  for (const draft of drafts) {
    const filter = instantiate(draft, world.mapping.type, world.pool)
    if (filter === undefined || !asks(filter)) continue
    if (tally) {
      tally.filters++
      if (pushdown(filter, world.mapping, (leaf) => subject.say(leaf)).residual === undefined) tally.pushed++
      if ([...world.resources.values()].some((r) => evaluate(filter, r))) tally.nonEmpty++
    }
    const found = await mismatch(world, subject, filter)
    if (found !== undefined) return smallest(world, subject, filter, found)
  }
  return undefined
}

async function smallest(world: World, subject: Subject, filter: ScimFilter, found: string): Promise<string> {
  for (const part of partsOf(filter)) {
    const smaller = await mismatch(world, subject, part)
    if (smaller !== undefined) return smallest(world, subject, part, smaller)
  }
  return found
}

function partsOf(filter: ScimFilter): readonly ScimFilter[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return [
        ...filter.of,
        ...filter.of.map((_, i): ScimFilter => ({ ...filter, of: filter.of.filter((_, j) => j !== i) })),
      ]
    case 'not':
      return [filter.of, ...partsOf(filter.of).map((of): ScimFilter => ({ kind: 'not', of }))]
    case 'some':
      return partsOf(filter.where).map((where): ScimFilter => ({ ...filter, where }))
    case 'true':
    case 'false':
    case 'present':
    case 'compare':
      return []
    default:
      return never(filter)
  }
}

/** Runs a law; a population is not shrunk, a filter has been already. */
export async function assertLaw<T>(
  arbitrary: fc.Arbitrary<T>,
  numRuns: number,
  law: (run: T) => Promise<string | undefined>,
): Promise<void> {
  let broken: string | undefined
  const details = await fc.check(
    fc.asyncProperty(arbitrary, async (run) => {
      broken = await law(run)
      return broken === undefined
    }),
    { numRuns, seed, endOnFailure: true },
  )
  if (details.failed) throw new Error(`seed ${details.seed}\n${broken ?? String(details.errorInstance)}`)
}
