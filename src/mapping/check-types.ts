import type { MappingFile } from './file.ts'
import type { ResourceMapping } from './catalog.ts'
import type { FilePath } from './load.ts'
import type { Report } from './problem.ts'

/** What stands there already (RFC 7644 sections 3.2 and 4). */
export const protocolEndpoints: readonly string[] = [
  '/ServiceProviderConfig',
  '/ResourceTypes',
  '/Schemas',
  '/Bulk',
  '/Me',
]

/** Each type has a name and a place of its own; clients do not agree on whether case makes a difference. */
export function checkTypes(types: readonly ResourceMapping[], file: MappingFile, report: Report): void {
  types.forEach(({ type }, i) => {
    const at: FilePath = ['resources', type.name]
    const said = file.resources[type.name]?.endpoint
    const place: FilePath = said === undefined ? at : [...at, 'endpoint']
    const reserved = protocolEndpoints.find((endpoint) => same(endpoint, type.endpoint))
    if (reserved !== undefined) report.error(place, `${reserved} is an endpoint of the protocol`, 'another endpoint')
    for (const { type: other } of types.slice(0, i)) {
      if (same(other.name, type.name))
        report.error(at, `${type.name} and ${other.name} are one name for a client`, 'another name')
      if (same(other.endpoint, type.endpoint))
        report.error(place, `${type.name} and ${other.name} have one endpoint, ${type.endpoint}`, 'endpoint: /…')
    }
  })
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
