import type { Catalog, Reference, ResourceMapping } from '../../mapping/catalog.ts'
import type { Predicate } from '../../mapping/predicate.ts'
import type { Slot } from '../../mapping/slot.ts'
import { keyOfTable, tableOf } from './database.ts'
import { leavesOf, rowCopies, rowSlots } from './leaves.ts'

/** What a mapping expects of one table. */
export interface Demand {
  readonly type: string
  readonly table: string
  readonly columns: readonly string[]
  /** The columns that a create fills; undefined where the bridge makes no rows. */
  readonly written: readonly string[] | undefined
}

/** Everything that a catalog expects of the database. */
export const demands = (catalog: Catalog): readonly Demand[] =>
  catalog.types.flatMap((mapping) => [
    ...ofTables(mapping),
    ...mapping.attributes.flatMap((attribute): readonly Demand[] => {
      if (attribute.kind === 'rows') return ofRows(mapping, attribute)
      return attribute.kind === 'reference' ? ofReference(catalog, mapping, attribute.reference) : []
    }),
  ])

const slotsOf = (predicate: Predicate | undefined): readonly Slot[] => {
  if (predicate === undefined) return []
  if (predicate.kind === 'and' || predicate.kind === 'or') return predicate.of.flatMap(slotsOf)
  if (predicate.kind === 'not') return slotsOf(predicate.of)
  return predicate.kind === 'slot' ? [predicate.slot] : []
}

function ofTables(mapping: ResourceMapping): readonly Demand[] {
  const type = mapping.type.name
  const main = tableOf(mapping)
  const onCreate = mapping.allow.has('create')
  const leaves = leavesOf(mapping).map((leaf) => leaf.slot)
  const filled = leavesOf(mapping).filter((leaf) => leaf.access !== 'readOnly')
  const assigned = [...mapping.set.create, ...mapping.set.write].map((one) => one.slot)
  const marked = mapping.onDelete.kind === 'set' ? mapping.onDelete : undefined
  const others = [
    ...(marked?.set ?? []).map((one) => one.slot),
    ...slotsOf(marked?.hide),
    ...mapping.protect.flatMap((one) => one.slots),
    ...(mapping.version.kind === 'slot' ? [mapping.version.slot] : []),
  ]
  const fieldLinks = mapping.attributes.flatMap((one) =>
    one.kind === 'reference' && one.reference.place.kind === 'field' ? [one.reference.place.slot] : [],
  )
  const derived = mapping.derived.map((one) => one.slot)
  const written = [...filled.map((leaf) => leaf.slot), ...assigned, ...derived, ...fieldLinks]
  const all = [...leaves, ...written, ...others]
  const at = (slots: readonly Slot[], home: string | undefined): readonly string[] =>
    slots.flatMap((slot) =>
      (slot.at.kind === 'field' || slot.at.kind === 'lookup') && slot.at.table === home ? [slot.at.field] : [],
    )
  const constants = Object.keys(mapping.table?.where.create ?? {})
  const tested = (mapping.table?.where.where ?? []).map((one) => one.column)
  const isShared = mapping.table?.with.some((companion) => companion.first) === true
  const made = [
    ...(mapping.id.generate === undefined ? [] : mapping.id.fields.slice(0, 1)),
    ...(isShared ? keyOfTable(mapping) : []),
  ]
  return [
    {
      type,
      table: main,
      columns: [...keyOfTable(mapping), ...mapping.id.fields, ...tested, ...at(all, undefined)],
      written: onCreate ? [...constants, ...made, ...at(written, undefined)] : undefined,
    },
    ...(mapping.table?.with ?? []).map((companion) => {
      const initial = companion.set.create.map((one) => one.slot)
      return {
        type,
        table: companion.name,
        columns: [...companion.key, ...at([...all, ...initial], companion.name)],
        written: onCreate ? [...companion.key, ...at([...written, ...initial], companion.name)] : undefined,
      }
    }),
    ...all.flatMap(({ at: place }): readonly Demand[] => {
      if (place.kind === 'lookup')
        return [{ type, table: place.lookup.table, columns: [place.lookup.key, place.lookup.text], written: undefined }]
      if (place.kind !== 'keyValue') return []
      const columns = [...place.foreignKey, ...Object.keys(place.keys), place.value]
      return [{ type, table: place.table, columns, written: onCreate ? columns : undefined }]
    }),
  ]
}

function ofRows(
  mapping: ResourceMapping,
  attribute: Extract<ResourceMapping['attributes'][number], { readonly kind: 'rows' }>,
): readonly Demand[] {
  const { rows } = attribute
  const slots = [...rowSlots(mapping, rows), ...rowCopies(mapping, rows)]
  const fields = slots.flatMap(({ at }) => (at.kind === 'field' || at.kind === 'lookup' ? [at.field] : []))
  const written = [...rows.foreignKey, ...Object.keys(rows.where.create), ...fields]
  const tested = rows.where.where.map((one) => one.column)
  const texts = slots.flatMap(({ at }): readonly Demand[] =>
    at.kind === 'lookup'
      ? [
          {
            type: mapping.type.name,
            table: at.lookup.table,
            columns: [at.lookup.key, at.lookup.text],
            written: undefined,
          },
        ]
      : [],
  )
  return [
    {
      type: mapping.type.name,
      table: rows.table,
      columns: [...written, ...tested, ...(rows.rowKey === undefined ? [] : [rows.rowKey])],
      written: mapping.allow.has('create') || mapping.allow.has('update') ? written : undefined,
    },
    ...texts,
  ]
}

function ofReference(catalog: Catalog, mapping: ResourceMapping, reference: Reference): readonly Demand[] {
  const { place } = reference
  const type = mapping.type.name
  const targets = reference.to.flatMap((name) => catalog.types.filter((one) => one.type.name === name))
  switch (place.kind) {
    case 'through': {
      const tos = Object.values(place.to)
      const set = place.set.flatMap(({ slot }) => (slot.at.kind === 'field' ? [slot.at.field] : []))
      const scopes = [place.where, place.own]
      const fixed = [...place.from, ...scopes.flatMap((one) => Object.keys(one.create)), ...set]
      const marks = (place.onRemove?.set ?? []).flatMap(({ slot }) => (slot.at.kind === 'field' ? [slot.at.field] : []))
      const tested = [...scopes.flatMap((one) => one.where.map(({ column }) => column)), ...marks]
      // with a column for each type only one of them is filled, so each must do alone
      const written = reference.access === 'readOnly' ? [undefined] : tos.map((to) => [...fixed, ...to])
      return written.map((one) => ({
        type,
        table: place.table,
        columns: [...fixed, ...tested, ...tos.flat()],
        written: one,
      }))
    }
    case 'onTarget':
      return targets.map((target) => ({ type, table: tableOf(target), columns: [place.field], written: undefined }))
    case 'field': {
      const { by } = place
      return by === undefined
        ? []
        : targets.map((target) => ({ type, table: tableOf(target), columns: [by], written: undefined }))
    }
    case 'reverse':
      return []
  }
}
