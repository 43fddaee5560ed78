import { never } from '../base/errors.ts'
import type { Predicate, SlotTest } from '../mapping/predicate.ts'
import type { NativeValue } from '../mapping/slot.ts'
import { printFilter } from '../scim/filter-print.ts'
import type { Decision, Plan, Want } from './plan.ts'

/** A plan in a few lines, as `explain` and the golden files show it. */
export function printPlan(plan: Plan): readonly string[] {
  const name = plan.of.type.name
  switch (plan.kind) {
    case 'get':
      return [`read ${name} ${plan.id}`, ...printWant('show', plan.want)]
    case 'list':
      return [
        `list ${name}`,
        `  where     ${printPredicate(plan.where)}`,
        `  residual  ${plan.cut.by === 'bridge' ? printFilter(plan.cut.residual) : 'none'}`,
        `  page      ${plan.cut.page.limit} after ${plan.cut.page.offset}, cut by the ${plan.cut.by}`,
        ...printSort(plan.cut),
        ...printWant('show', plan.want),
      ]
    case 'create':
      return [`create ${name}`, ...printDecision(plan.decision), ...printWant('answer', plan.answer)]
    case 'change':
      return [
        `change ${name} ${plan.id}`,
        ...printWant('prior', plan.prior),
        ...(plan.answer ? printWant('answer', plan.answer) : []),
      ]
    case 'remove':
      return [`remove ${name} ${plan.id}`, ...printWant('prior', plan.prior)]
    default:
      return never(plan)
  }
}

function printSort(cut: Extract<Plan, { kind: 'list' }>['cut']): readonly string[] {
  if (cut.by === 'backend') {
    return cut.order ? [`  order     ${cut.order.slot.key}${cut.order.descending ? ' descending' : ''}`] : []
  }
  return cut.sort ? [`  sort      ${cut.sort.by.name}${cut.sort.descending ? ' descending' : ''}, in the bridge`] : []
}

function printWant(label: string, want: Want): readonly string[] {
  const all = [
    ...want.slots.map((slot) => slot.key),
    ...want.rows.map((rows) => `${rows.key}[]`),
    ...want.links.map((reference) => `${reference.key}->`),
  ]
  return all.length === 0 ? [] : [`  ${label.padEnd(9)} ${all.join(', ')}`]
}

/** The deltas of a write, one a line. */
export function printDecision(decision: Decision): readonly string[] {
  const { fields, rows, links } = decision.write
  return [
    ...decision.unique.map((check) => `  unique    ${check.attribute}: ${printPredicate(check.where)}`),
    ...fields.map((write) => `  set       ${write.slot.key} = ${printValue(write.value)}`),
    ...rows.flatMap((delta) => [
      ...delta.remove.map((row) => `  remove    ${delta.rows.key}[] ${printRow(row.fields)}`),
      ...delta.change.map(
        (c) => `  change    ${delta.rows.key}[] ${printRow(c.from.fields)} to ${printRow(c.to.fields)}`,
      ),
      ...delta.add.map((row) => `  add       ${delta.rows.key}[] ${printRow(row.fields)}`),
    ]),
    ...links.flatMap((delta) => [
      ...(delta.only ? [`  only      ${delta.reference.key}-> ${delta.add.join(', ') || 'none'}`] : []),
      ...(delta.remove.length > 0 ? [`  remove    ${delta.reference.key}-> ${delta.remove.join(', ')}`] : []),
      ...(!delta.only && delta.add.length > 0 ? [`  add       ${delta.reference.key}-> ${delta.add.join(', ')}`] : []),
    ]),
    ...Object.entries(decision.side ?? {}).map(([key, value]) => `  aside     ${key} = ${printValue(value)}`),
  ]
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
      return `${predicate.reference.key}-> ${predicate.to === 'any' ? 'any' : predicate.to.join(', ')}`
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
    case 'bits':
      return `& ${test.mask} = ${test.equals}`
    default:
      return `${test.op}${test.fold ? ' folded' : ''} ${printValue(test.value)}`
  }
}
