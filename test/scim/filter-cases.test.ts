import { describe, expect, it } from 'vitest'
import { isBridgeError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { evaluate } from '../../src/scim/filter-eval.ts'
import { parseFilter } from '../../src/scim/filter-parse.ts'
import { resolveFilter } from '../../src/scim/filter-resolve.ts'
import type { QuirkName } from '../../src/scim/quirks.ts'
import { filterCases } from '../cases/filter-cases.ts'
import type { FilterCase } from '../cases/filter-cases.ts'
import { groupType, userType } from './types.ts'

const placeholder = /\$\{(\w+)\.id\}/g
const fill = (text: string): string => text.replace(placeholder, (_, key: string) => `id-of-${key}`)

/** The resources as a service provider would hold them: with `id` and `meta`. */
function stored(resources: readonly JsonObject[]): readonly JsonObject[] {
  const count = { User: 0, Group: 0 }
  return resources.map((resource) => {
    const resourceType = String((resource['schemas'] as readonly string[])[0]).endsWith(':Group') ? 'Group' : 'User'
    const id = `id-of-${resourceType === 'User' ? 'u' : 'g'}${++count[resourceType]}`
    const stamp = '2024-03-01T08:30:00.123456Z'
    return {
      ...(JSON.parse(fill(JSON.stringify(resource))) as JsonObject),
      id,
      meta: { resourceType, created: stamp, lastModified: stamp, location: `https://x.example/${id}` },
    }
  })
}

function run(test: FilterCase, tolerant: boolean): readonly string[] | string {
  const type = test.endpoint === '/Users' ? userType : groupType
  const quirks = new Set<QuirkName>(tolerant ? ['bareFilterValue', 'stringBoolean'] : [])
  try {
    const filter = resolveFilter(parseFilter(fill(test.filter), { bareValues: tolerant }), type, quirks)
    return stored(test.resources)
      .filter((resource) => (resource['meta'] as JsonObject)['resourceType'] === type.name)
      .filter((resource) => evaluate(filter, resource))
      .map((resource) => String(resource['externalId']))
      .sort()
  } catch (error) {
    if (isBridgeError(error)) return error.reason
    throw error
  }
}

describe.each([
  ['strict', false],
  ['tolerant', true],
])('every filter case, %s', (_, tolerant) => {
  it.each(filterCases.map((test) => [test.id, test.level, test.filter.slice(0, 80), test] as const))(
    '%s %s: %s',
    (...row) => {
      const test = row[3]
      const accepted: (readonly string[] | string)[] = [test.expectMatches ?? [], ...(test.alsoAccept ?? [])].map(
        (list) => [...list].sort(),
      )
      if (test.acceptError) accepted.push('invalidFilter')
      expect(test.expectError ? [test.expectError.scimType] : accepted).toContainEqual(run(test, tolerant))
    },
  )
})
