import { expect } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { attributesOf } from '../../src/scim/attribute-named.ts'
import { isHidden } from '../../src/scim/filter-resolve.ts'
import { parseAttributePath } from '../../src/scim/path-parse.ts'
import type { Query } from '../../src/scim/request.ts'
import { attributeRef, leafOf } from '../../src/scim/schema.ts'
import type { AttributeRef, ResourceType } from '../../src/scim/schema.ts'
import { handle as serve } from '../../src/service/handle.ts'
import { resolveSort, sortValue, valueOrder } from '../../src/service/sort.ts'
import { testContext } from '../application.ts'
import { applicationOn } from './contract-union.ts'
import type { Chapter, Opened } from './contract.ts'
import { populate } from './people.ts'

async function resources(opened: Opened, type: string, query: Query): Promise<readonly JsonObject[]> {
  const reply = await serve(
    applicationOn(opened),
    { kind: 'list', type, query: { count: 1000, ...query } },
    testContext(),
  )
  return (reply.body ?? {})['Resources'] as readonly JsonObject[]
}

const idsOf = (list: readonly JsonObject[]): readonly unknown[] => list.map(({ id }) => id)

/** Every name that `sortBy` may hold. */
const sortable = (type: ResourceType): readonly AttributeRef[] =>
  attributesOf(type)
    .flatMap(({ extension, attribute }) =>
      attribute.type === 'complex'
        ? attribute.subAttributes.map((sub) => attributeRef(extension, attribute, sub))
        : [attributeRef(extension, attribute)],
    )
    .filter((ref) => !isHidden(ref))

/** `sortBy` and `sortOrder` (RFC 7644 section 3.4.2.3), through the service. */
export function sortingContract({ before, test }: Chapter): void {
  before(populate)

  for (const sortOrder of ['ascending', 'descending'])
    test(`puts every attribute in the order of its values, ${sortOrder}`, async (_, __, opened) => {
      const { type } = opened.catalog.types[0] ?? {}
      if (type === undefined) throw new Error('the kit has a type')
      const names = sortable(type).map(({ name }) => name)
      expect(names.length).toBeGreaterThan(20)
      const unsorted = await resources(opened, type.name, {})
      for (const name of names) {
        const by = resolveSort(parseAttributePath(name), type)
        const order = valueOrder(leafOf(by), sortOrder === 'descending')
        // each in a list of its own, as undefined is put last by every sort of an array
        const values = (list: readonly JsonObject[]) => list.map((resource) => [sortValue(resource, by)] as const)
        const sorted = await resources(opened, type.name, { sortBy: name, sortOrder })
        expect(values(sorted), name).toEqual(values(unsorted).toSorted(([a], [b]) => order(a, b)))
        const expected = idsOf(sorted)
        expect(expected.toSorted(), name).toEqual(idsOf(unsorted).toSorted())
        for (const startIndex of [1, 3, unsorted.length])
          expect(
            idsOf(await resources(opened, type.name, { sortBy: name, sortOrder, startIndex, count: 2 })),
            `${name} from ${startIndex}`,
          ).toEqual(expected.slice(startIndex - 1, startIndex + 1))
      }
    })

  test('takes a name in any casing, with its URN and without', async (_, __, opened) => {
    for (const [name, ...same] of [
      [
        'userName',
        'USERNAME',
        'urn:ietf:params:scim:schemas:core:2.0:User:userName',
        'URN:ietf:params:SCIM:schemas:core:2.0:user:Username',
      ],
      ['name.familyName', 'Name.FAMILYNAME', 'urn:ietf:params:scim:schemas:core:2.0:User:name.familyName'],
      [
        'urn:example:params:scim:schemas:kit:2.0:User:badge',
        'badge',
        'urn:example:params:scim:schemas:KIT:2.0:user:BADGE',
      ],
      ['emails', 'emails.value', 'EMAILS'],
    ] as const) {
      const expected = idsOf(await resources(opened, 'User', { sortBy: name }))
      for (const other of same)
        expect(idsOf(await resources(opened, 'User', { sortBy: other })), other).toEqual(expected)
    }
  })
}
