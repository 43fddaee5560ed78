import { never } from '../base/errors.ts'
import type { Reference, ResourceMapping } from '../mapping/catalog.ts'
import type { Predicate, SlotTest } from '../mapping/predicate.ts'
import type { NativeValue, Slot } from '../mapping/slot.ts'
import { printFilter } from '../scim/filter-print.ts'
import type { Decision, Name, Page, Plan, Want } from './plan.ts'
import { secretSlots } from './secret.ts'

/** A plan in a few lines, as `explain` and the golden files show it; `decision` is what a change has come to. */
export function printPlan(plan: Plan, decision?: Decision): readonly string[] {
  const name = plan.of.type.name
  switch (plan.kind) {
    case 'get':
      return [`read ${name} ${plan.id}`, ...printWant('show', plan.want)]
    case 'list':
      return [
        `list ${name}`,
        ...line('where', ...conjuncts(printPredicate(plan.where))),
        ...line('residual', ...(plan.cut.by === 'bridge' ? conjuncts(printFilter(plan.cut.residual)) : ['none'])),
        ...line('page', `${printPage(plan.cut.page)}, cut by the ${plan.cut.by}`),
        ...printSort(plan.cut),
        ...printWant('show', plan.want),
      ]
    case 'create':
      return [
        `create ${name}`,
        ...printNames(plan.names),
        ...printDecision(plan.of, plan.decision),
        ...printWant('answer', plan.answer),
      ]
    case 'change':
      return [
        `change ${name} ${plan.id}`,
        ...printWant('prior', plan.prior),
        ...printNames(plan.names),
        ...(decision ? printDecision(plan.of, decision) : []),
        ...(plan.answer ? printWant('answer', plan.answer, plan.prior) : []),
      ]
    case 'remove':
      return [`remove ${name} ${plan.id}`, ...printWant('prior', plan.prior)]
    default:
      return never(plan)
  }
}

const width = 110
const indent = ' '.repeat(12)

/** One labelled line; a long list goes on below itself. */
function line(label: string, ...broken: readonly string[]): readonly string[] {
  const lines: string[] = []
  for (const item of broken) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + item.length + 1 <= width) lines[lines.length - 1] = `${last} ${item}`
    else lines.push(`${last === undefined ? `  ${label.padEnd(9)} ` : indent}${item}`)
  }
  return lines
}

/** A condition in pieces that may stand on lines of their own. */
const conjuncts = (text: string): readonly string[] => {
  const pieces: string[] = []
  for (const word of text.match(/(?:"(?:[^"\\]|\\.)*"|[^ ])+/g) ?? []) {
    if (pieces.length === 0 || word === 'and' || word === 'or') pieces.push(word)
    else pieces[pieces.length - 1] = `${pieces.at(-1)} ${word}`
  }
  return pieces
}

const listed = (label: string, items: readonly string[]): readonly string[] =>
  line(label, ...items.map((item, i) => (i < items.length - 1 ? `${item},` : item)))

/** Counted as a client counts, from 1 (RFC 7644 section 3.4.2.4). */
function printPage({ offset, limit, after, before, counting }: Page): string {
  if (limit === 0) return 'none, the total only'
  const uncounted = counting === 'nothing' ? ', not counted' : ''
  if (before !== undefined) return `${limit} before ${before === 'end' ? 'the end' : 'a place'}, backwards${uncounted}`
  return `${after === undefined ? `${offset + 1} to ${offset + limit}` : `${limit} behind a place`}${uncounted}`
}

function printSort(cut: Extract<Plan, { kind: 'list' }>['cut']): readonly string[] {
  if (cut.by === 'backend') {
    return cut.order ? line('order', `${cut.order.slot.key}${cut.order.descending ? ' descending' : ''}`) : []
  }
  return cut.sort ? line('sort', `${cut.sort.by.name}${cut.sort.descending ? ' descending' : ''}, in the bridge`) : []
}

/** What is read; of an answer only what the prior reading has not named yet. */
function printWant(label: string, want: Want, prior?: Want): readonly string[] {
  const all = itemsOf(want)
  const known = prior === undefined ? [] : itemsOf(prior)
  if (known.length === 0 || !known.every((item) => all.includes(item))) {
    return all.length === 0 ? [] : listed(label, all)
  }
  const more = all.filter((item) => !known.includes(item))
  return listed(label, ['the same', ...more])
}

const itemsOf = (want: Want): readonly string[] => [
  ...want.slots.map((slot) => slot.key),
  ...want.rows.map((rows) => `${rows.key}[]`),
  ...want.links.map((reference) => `${printReference(reference)} ->`),
]

/** `User.manager`, whatever extension it belongs to. */
const printReference = (reference: Reference): string => reference.key.replace(/\burn:.*:(?=\w+$)/, '')

/** By what those are found whom a request names. */
const printNames = (names: readonly Name[] = []): readonly string[] =>
  names.flatMap(({ reference, value, ways }) =>
    line(
      'named',
      `${printReference(reference)} -> ${JSON.stringify(value)}`,
      `by ${ways.map(({ by }) => by).join(', else ')}`,
    ),
  )

/** The deltas of a write, one a line. */
function printDecision(mapping: ResourceMapping, decision: Decision): readonly string[] {
  const { fields, rows, links } = decision.write
  const secret = secretSlots(mapping)
  const value = (slot: Slot, native: NativeValue): string =>
    secret.has(slot.key) && native !== null ? '‹secret›' : printValue(native)
  const all = [
    ...decision.unique.flatMap((check) =>
      line('unique', ...conjuncts(`${check.attribute}: ${printPredicate(check.where)}`)),
    ),
    ...fields.flatMap((write) => line('set', `${write.slot.key} = ${value(write.slot, write.value)}`)),
    ...rows.flatMap((delta) => [
      ...delta.remove.flatMap((row) => line('remove', `${delta.rows.key}[] ${printRow(row.fields)}`)),
      ...delta.change.flatMap((c) =>
        line('change', `${delta.rows.key}[] ${printRow(c.from.fields)}`, `to ${printRow(c.to.fields)}`),
      ),
      ...delta.add.flatMap((row) => line('add', `${delta.rows.key}[] ${printRow(row.fields)}`)),
    ]),
    ...links.flatMap((delta) => {
      const name = `${printReference(delta.reference)} ->`
      return [
        ...(delta.only ? printIds('only', name, delta.add) : []),
        ...(delta.remove.length > 0 ? printIds('remove', name, delta.remove) : []),
        ...(!delta.only && delta.add.length > 0 ? printIds('add', name, delta.add) : []),
      ]
    }),
    ...Object.entries(decision.side ?? {}).flatMap(([key, held]) => line('aside', `${key} = ${printValue(held)}`)),
  ]
  return all.length === 0 ? line('write', 'nothing') : all
}

const printIds = (label: string, name: string, ids: readonly string[]): readonly string[] => {
  const items = ids.length === 0 ? ['none'] : ids.map((id, i) => (i < ids.length - 1 ? `${id},` : id))
  return line(label, name, ...items)
}

const printRow = (fields: Readonly<Record<string, NativeValue>>): string =>
  `(${Object.entries(fields)
    .map(([key, value]) => `${key} ${printValue(value)}`)
    .join(', ')})`

function printValue(value: NativeValue): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (Array.isArray(value)) return `[${value.map((v) => printValue(v as NativeValue)).join(', ')}]`
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value)
}

export function printPredicate(predicate: Predicate): string {
  switch (predicate.kind) {
    case 'true':
    case 'false':
      return predicate.kind
    case 'and':
    case 'or':
      return `(${predicate.of.map(printPredicate).join(` ${predicate.kind} `)})`
    case 'not':
      return `not ${printPredicate(predicate.of)}`
    case 'slot':
      return `${predicate.slot.key} ${printTest(predicate.test)}`
    case 'row':
      return `${predicate.rows.key}[${printPredicate(predicate.where)}]`
    case 'link':
      return `${printReference(predicate.reference)} -> ${predicate.to === 'any' ? 'any' : predicate.to.join(', ')}`
    case 'id':
      return `id in (${predicate.ids.join(', ')})`
    default:
      return never(predicate)
  }
}

function printTest(test: SlotTest): string {
  switch (test.op) {
    case 'absent':
      return 'absent'
    case 'in':
      return `in (${test.values.map(printValue).join(', ')})`
    case 'moment':
      return `${test.is} the moment ${printValue(test.value)}`
    case 'bits':
      return `& ${test.mask} = ${test.equals}`
    default:
      return `${test.op}${test.fold ? ' folded' : ''} ${printValue(test.value)}`
  }
}
