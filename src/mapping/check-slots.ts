import type { Assignment, AttributeMapping, Carrier, Leaf, ResourceMapping } from './catalog.ts'
import { leavesOf } from './leaves.ts'
import type { FilePath } from './load.ts'
import type { Report } from './problem.ts'
import type { ResourceFile } from './file.ts'
import { fixedColumns } from './scope.ts'
import type { Slot } from './slot.ts'

interface Writer {
  readonly name: string
  readonly leaf: Leaf | undefined
}

/** Where a slot writes: the column, whatever is made of it. */
const columnOf = (slot: Slot): string | undefined => {
  switch (slot.at.kind) {
    case 'field':
    case 'lookup':
      return slot.at.table === undefined ? slot.at.field : `${slot.at.table}.${slot.at.field}`
    case 'keyValue':
      return slot.key
    case 'side':
    case 'container':
      return undefined
  }
}

const slotsOf = ({ carrier, copies }: Leaf) => [
  ...carried(carrier),
  ...copies.map(({ slot }) => ({ slot, isBit: false })),
]

const carried = (carrier: Carrier): readonly { readonly slot: Slot; readonly isBit: boolean }[] => {
  switch (carrier.kind) {
    case 'slot':
      return [{ slot: carrier.slot, isBit: carrier.codec.name === 'bit' }]
    case 'split':
      return [{ slot: carrier.slot, isBit: false }]
    case 'all':
      return carrier.parts
        .filter((part) => part.onTrue === 'write' || part.onFalse === 'write')
        .map((part) => ({ slot: part.slot, isBit: part.codec.name === 'bit' }))
    case 'constant':
    case 'template':
      return []
  }
}

/** Two paths that write one slot, and writes to columns that are constants of the table. */
export function checkSlots(mapping: ResourceMapping, said: ResourceFile, at: FilePath, report: Report): void {
  const written = new Map<string, Writer>()
  const constants = new Map<string, string>(
    (mapping.table === undefined ? [] : fixedColumns(mapping.table.where)).map((column) => [column, 'where']),
  )
  for (const kind of ['create', 'write'] as const)
    for (const one of mapping.set[kind]) if (isFixed(one)) constants.set(columnOf(one.slot) ?? '', `set.${kind}`)
  const mirrors = new Set(
    Object.entries(said.attributes).flatMap(([path, value]) =>
      typeof value === 'object' && value.mirror === true ? [path] : [],
    ),
  )
  const pathOf = (name: string): FilePath => {
    const own = Object.keys(said.attributes)
    const found = own.find((path) => sameAttribute(path, name)) ?? own.find((path) => topOf(path) === topOf(name))
    return [...at, 'attributes', ...(found === undefined ? [] : [found])]
  }
  const take = (column: string | undefined, name: string, leaf: Leaf | undefined, isBit: boolean) => {
    if (column === undefined) return
    const constant = constants.get(column)
    if (constant !== undefined)
      report.error(
        pathOf(name),
        `${column} is a constant (${constant}), so ${name} cannot write it`,
        'access: readOnly',
      )
    const other = written.get(column)
    const pieces =
      leaf?.carrier.kind === 'split' &&
      other?.leaf?.carrier.kind === 'split' &&
      leaf.ref.attribute === other.leaf.ref.attribute
    if (other !== undefined && !isBit && !pieces && !mirrors.has(name) && !mirrors.has(other.name))
      report.error(
        pathOf(name),
        `${name} and ${other.name} both write ${column}`,
        'access: readOnly or mirror: true on one of them',
      )
    written.set(column, other ?? { name, leaf })
  }
  for (const { slot } of mapping.derived) constants.set(columnOf(slot) ?? '', 'derived')
  for (const attribute of mapping.attributes) {
    if (attribute.kind === 'rows') checkRow(attribute, pathOf(attribute.of.name), report)
    else if (attribute.kind === 'reference') {
      const { place, access } = attribute.reference
      if (place.kind === 'field' && access !== 'readOnly')
        take(columnOf(place.slot), attribute.of.name, undefined, false)
    } else {
      for (const leaf of leavesOf(attribute))
        if (leaf.access !== 'readOnly')
          for (const { slot, isBit } of slotsOf(leaf)) take(columnOf(slot), leaf.ref.name, leaf, isBit)
    }
  }
}

const isFixed = (one: Assignment): boolean =>
  one.value.kind === 'constant' ||
  one.value.kind === 'now' ||
  one.value.kind === 'generate' ||
  one.value.kind === 'counter'
const topOf = (path: string): string => path.replace(/\[.*$/s, '').split('.')[0] ?? path
const sameAttribute = (path: string, name: string): boolean =>
  path === name || path.replace(/\[.*\]/s, '') === name || name.endsWith(`:${path.slice(path.indexOf('.') + 1)}`)

function checkRow(attribute: Extract<AttributeMapping, { readonly kind: 'rows' }>, at: FilePath, report: Report): void {
  const fixed = new Set([...fixedColumns(attribute.rows.where), ...attribute.rows.foreignKey])
  const seen = new Map<string, string>()
  for (const leaf of attribute.leaves) {
    if (leaf.access === 'readOnly') continue
    for (const { slot, isBit } of slotsOf(leaf)) {
      const column = columnOf(slot)
      if (column === undefined) continue
      if (fixed.has(column)) report.error(at, `${column} selects the rows, so ${leaf.ref.name} cannot write it`)
      const other = seen.get(column)
      if (other !== undefined && !isBit) report.error(at, `${leaf.ref.name} and ${other} both write ${column}`)
      seen.set(column, leaf.ref.name)
    }
  }
}
