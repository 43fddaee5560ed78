import type { Claim } from './claims.ts'

/** What the order of operations hangs on. */
export interface Node {
  /** Operations, by their place in the request, that must be done before this one. */
  readonly needs: ReadonlySet<number>
  readonly claims: readonly Claim[]
}

/** Operations that are carried out as one: a single one, or a circle of operations that refer to one another. */
export interface Unit {
  /** In the order of the request. */
  readonly members: readonly number[]
  readonly isCircle: boolean
}

/**
 * The order of the request, save that an operation which refers to a later one comes right after it (RFC 7644
 * section 3.7: operations may be reordered, the result may not). What binds two operations keeps its order all the same,
 * unless the one refers to the other.
 */
export function inOrder(nodes: readonly Node[]): readonly Unit[] {
  const units = circlesOf(nodes)
  const unitOf = new Map<number, number>(units.flatMap(({ members }, at) => members.map((i) => [i, at] as const)))
  const needs = units.map(() => new Set<number>())
  const follows = units.map(() => new Set<number>())
  const link = (edges: readonly Set<number>[], from: number, to: number): void => {
    const [a, b] = [unitOf.get(from) ?? -1, unitOf.get(to) ?? -1]
    if (a !== b) edges[b]?.add(a)
  }
  nodes.forEach((node, i) => node.needs.forEach((j) => link(needs, j, i)))
  bindings(nodes).forEach(([before, after]) => link(follows, before, after))
  return sorted(units, needs, follows)
}

type Pair = readonly [before: number, after: number]

/** Pairs whose order the request gives: one claims alone what the other claims as well. */
function bindings(nodes: readonly Node[]): readonly Pair[] {
  const claimants = new Map<string, Map<number, boolean>>()
  nodes.forEach(({ claims }, i) => {
    for (const { key, alone, binds } of claims) {
      if (!binds) continue
      const those = claimants.get(key) ?? new Map<number, boolean>()
      claimants.set(key, those)
      those.set(i, alone || those.get(i) === true)
    }
  })
  const later = nodes.map(({ needs }, i) => new Set([...needs].filter((one) => one > i)))
  return [...claimants.values()].flatMap((those) => pairsOf(those, later))
}

type Later = readonly ReadonlySet<number>[]

function pairsOf(claimants: ReadonlyMap<number, boolean>, later: Later): readonly Pair[] {
  const pairs: Pair[] = []
  let alone: number | undefined
  let since: number[] = []
  for (const at of neededFirst([...claimants.keys()], later)) {
    if (alone !== undefined) pairs.push([alone, at])
    if (claimants.get(at) === true) {
      for (const before of since) pairs.push([before, at])
      alone = at
      since = []
    } else since.push(at)
  }
  return pairs
}

/**
 * In the order of the request, save that what one of them needs of the `later` ones comes before it. Everybody may refer
 * to everybody, so it ends as soon as all are there.
 */
function neededFirst(all: readonly number[], later: Later): ReadonlySet<number> {
  const those = new Set(all)
  const order = new Set<number>()
  for (const at of all) {
    if (order.size === all.length) break
    const needs = later[at] ?? new Set()
    const needed =
      needs.size < all.length ? [...needs].filter((one) => those.has(one)) : all.filter((one) => needs.has(one))
    for (const one of needed) order.add(one)
    order.add(at)
  }
  return order
}

/** Always the unit that stands first of those that may be next; a unit stands where its last operation does. */
function sorted(
  units: readonly Unit[],
  needs: readonly ReadonlySet<number>[],
  follows: readonly ReadonlySet<number>[],
): readonly Unit[] {
  const place = (at: number): number => units[at]?.members.at(-1) ?? 0
  const left = new Set(units.map((_, at) => at).sort((a, b) => place(a) - place(b)))
  const [missing, earlier] = [countdown(needs), countdown(follows)]
  const order: Unit[] = []
  while (left.size > 0) {
    let next: number | undefined
    let otherwise: number | undefined
    for (const at of left) {
      if (!missing.isDone(at)) continue
      otherwise ??= at
      if (!earlier.isDone(at)) continue
      next = at
      break
    }
    // references go before the order of the request, where the two contradict each other
    next ??= otherwise
    const unit = next === undefined ? undefined : units[next]
    if (next === undefined || unit === undefined) throw new Error('circles are units, so one of the units is free')
    left.delete(next)
    missing.done(next)
    earlier.done(next)
    order.push(unit)
  }
  return order
}

/** How many of what each waits for are still to come. */
function countdown(edges: readonly ReadonlySet<number>[]): {
  readonly isDone: (at: number) => boolean
  readonly done: (at: number) => void
} {
  const left = edges.map(({ size }) => size)
  const waiting = edges.map((): number[] => [])
  edges.forEach((before, at) => before.forEach((one) => waiting[one]?.push(at)))
  return {
    isDone: (at) => left[at] === 0,
    done: (at) => waiting[at]?.forEach((one) => (left[one] = (left[one] ?? 0) - 1)),
  }
}

/** The strongly connected components of the references, by Kosaraju's two walks, without recursion. */
function circlesOf(nodes: readonly Node[]): readonly Unit[] {
  const back = nodes.map((): number[] => [])
  nodes.forEach(({ needs }, i) => needs.forEach((j) => back[j]?.push(i)))
  const finished: number[] = []
  const seen = new Set<number>()
  nodes.forEach((_, start) => {
    if (seen.has(start)) return
    seen.add(start)
    const trail = [{ at: start, rest: [...(nodes[start]?.needs ?? [])] }]
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const next = top.rest.pop()
      if (next === undefined) {
        finished.push(top.at)
        trail.pop()
      } else if (!seen.has(next)) {
        seen.add(next)
        trail.push({ at: next, rest: [...(nodes[next]?.needs ?? [])] })
      }
    }
  })
  const units: Unit[] = []
  const placed = new Set<number>()
  for (const start of finished.reverse()) {
    if (placed.has(start)) continue
    placed.add(start)
    const members = [start]
    for (let i = 0; i < members.length; i++) {
      for (const next of back[members[i] ?? 0] ?? []) {
        if (placed.has(next)) continue
        placed.add(next)
        members.push(next)
      }
    }
    const isCircle = members.length > 1 || nodes[start]?.needs.has(start) === true
    units.push({ members: members.sort((a, b) => a - b), isCircle })
  }
  return units
}
