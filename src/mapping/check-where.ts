import type { Assignment, AttributeMapping, Leaf, ResourceMapping } from './catalog.ts'
import type { FilePath } from './load.ts'
import type { Report } from './problem.ts'
import type { Scope } from './scope.ts'

/** Whatever `where` tests, an insert must say: the default of a column is nothing that a file can see. */
export function checkWhere(mapping: ResourceMapping, at: FilePath, report: Report): void {
  const { table, set, attributes, allow } = mapping
  if (table !== undefined && allow.has('create')) {
    const assigned = [...set.create, ...set.write].map((one) => one.slot.key)
    check(table.where, [...assigned, ...attributes.flatMap(written)], [...at, 'table', 'where'], report)
  }
  for (const one of attributes) {
    if (one.kind === 'rows') check(one.rows.where, columnsOf(one.leaves), [...at, 'attributes', one.of.name], report)
    if (one.kind === 'reference' && one.reference.place.kind === 'through' && one.reference.access !== 'readOnly')
      for (const scope of [one.reference.place.where, one.reference.place.own])
        check(scope, one.reference.place.set.map(columnOf), [...at, 'attributes', one.of.name], report)
  }
}

function check(scope: Scope, given: readonly string[], at: FilePath, report: Report): void {
  for (const column of new Set(scope.where.flatMap((one) => (one.test.kind === 'true' ? [] : [one.column]))))
    if (!Object.hasOwn(scope.create, column) && !given.includes(column))
      report.error(at, `nothing says what a create writes into ${column}`, `${column}: { …, create: a value }`)
}

const written = (attribute: AttributeMapping): readonly string[] =>
  attribute.kind === 'single'
    ? columnsOf(attribute.leaves)
    : attribute.kind === 'elements'
      ? attribute.elements.flatMap((element) => columnsOf(element.leaves))
      : []

const columnsOf = (leaves: readonly Leaf[]): readonly string[] =>
  leaves.flatMap(({ carrier, access }) => {
    if (access === 'readOnly') return []
    const slots =
      carrier.kind === 'all' ? carrier.parts.map((part) => part.slot) : 'slot' in carrier ? [carrier.slot] : []
    return slots.flatMap(({ at }) => (at.kind === 'field' && at.table === undefined ? [at.field] : []))
  })

const columnOf = ({ slot }: Assignment): string => (slot.at.kind === 'field' ? slot.at.field : slot.key)
