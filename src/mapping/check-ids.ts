import type { ResourceMapping } from './catalog.ts'
import type { Report } from './problem.ts'

/** Keys that are different everywhere by their nature. */
const universal = ({ id }: ResourceMapping): boolean =>
  id.generate !== undefined || id.fields.some((field) => /uuid|guid|nsuniqueid|unique_?id$/i.test(field))

/** RFC 7643 section 3.1: an id is unique among all resources, so user 7 and group 7 may not both be "7". */
export function checkIds(types: readonly ResourceMapping[], report: Report): void {
  types.forEach((mapping, i) => {
    for (const other of types.slice(0, i)) {
      if (mapping.id.prefix !== other.id.prefix || (universal(mapping) && universal(other))) continue
      const sameColumn =
        mapping.table !== undefined &&
        mapping.table.name === other.table?.name &&
        String(mapping.id.fields) === String(other.id.fields)
      // two selections of one table share its key, which no two rows have
      if (sameColumn) continue
      report.error(
        ['resources', mapping.type.name, 'id'],
        `a ${mapping.type.name} and a ${other.type.name} may have the same id`,
        `id: { prefix: "${mapping.type.name.toLowerCase()}-", ${mapping.entry === undefined ? 'column' : 'attribute'}: ${mapping.id.fields.join(', ')} }`,
      )
    }
  })
}
