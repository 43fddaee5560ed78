import type { Catalog, ResourceMapping } from '../../mapping/catalog.ts'
import type { Slot } from '../../mapping/slot.ts'
import type { LiveSchema } from './column.ts'
import { keyOfTable, tableOf } from './database.ts'
import { leavesOf } from './leaves.ts'
import { columnIn } from './live.ts'

/**
 * Where an INSERT tells nothing but the number that it gave, a key that the database makes in any other way (a default, a
 * trigger) stays unknown, and the number may be that of another column.
 */
export function checkKeys(catalog: Catalog, schema: LiveSchema): readonly string[] {
  // a view does not show which of its columns are numbered
  const isUntold = (table: string, name: string): boolean =>
    schema.get(table.toLowerCase())?.kind === 'table' && columnIn(schema)(table, name)?.numbered === false
  return catalog.types.flatMap((mapping) => {
    if (!mapping.allow.has('create')) return []
    const given = givenTo(mapping)
    const first = mapping.table?.with.find((companion) => companion.first)
    const [key = ''] = keyOfTable(mapping)
    if (first === undefined || given.has(key))
      return keyOfTable(mapping)
        .filter((name) => !given.has(name) && isUntold(tableOf(mapping), name))
        .map((name) => problem(mapping, tableOf(mapping), name))
    const [own = ''] = first.key
    const isMade =
      first.set.create.some(({ slot }) => slot.at.kind === 'field' && slot.at.field === own) ||
      !isUntold(first.name, own)
    return isMade ? [] : [problem(mapping, first.name, own)]
  })
}

const problem = ({ type }: ResourceMapping, table: string, name: string): string =>
  `${type.name}: the database does not tell which ${table}.${name} it gave a new row, because it is not AUTO_INCREMENT; give it one (set: { create: { ${name}: … } })`

/** The columns of the main table that a create fills with what it knows. */
function givenTo(mapping: ResourceMapping): ReadonlySet<string> {
  const own = (slot: Slot): readonly string[] =>
    slot.at.kind === 'field' && slot.at.table === undefined ? [slot.at.field] : []
  return new Set([
    ...leavesOf(mapping).flatMap((leaf) => (leaf.access === 'readOnly' ? [] : own(leaf.slot))),
    ...[...mapping.set.create, ...mapping.set.write].flatMap(({ slot }) => own(slot)),
    ...Object.keys(mapping.table?.where.create ?? {}),
    ...(mapping.id.generate === undefined ? [] : mapping.id.fields.slice(0, 1)),
  ])
}
