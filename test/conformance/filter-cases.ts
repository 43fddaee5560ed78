import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { filterCases } from '../cases/filter-cases.ts'
import type { Answer } from '../wire/client.ts'
import { where } from '../wire/people.ts'
import type { Served } from '../wire/playground.ts'

const worlds = Map.groupBy(filterCases, ({ resources }) => JSON.stringify(resources))

/** What became of a query: the external ids that it gave, or the scimType of the refusal. */
const outcome = ({ status, body }: Answer): readonly string[] | string =>
  status === 200
    ? (body['Resources'] as readonly JsonObject[]).map((resource) => String(resource['externalId'])).sort()
    : `${status} ${String(body['scimType'])}`

/** Every filter of the table, against the population it is written for. `open` gives an empty, strict bridge. */
export function holdFilterCases(open: () => Promise<Served>): void {
  describe.each([...worlds.values()].map((members, index) => [index + 1, members] as const))(
    'filters over the wire, population %i',
    (_, members) => {
      let server: Served
      const ids = new Map<string, string>()
      const fill = (text: string): string =>
        text.replace(/\$\{(\w+)\.id\}/g, (whole, name: string) => ids.get(name) ?? whole)

      beforeAll(async () => {
        server = await open()
        const count = { '/Users': 0, '/Groups': 0 }
        for (const resource of members[0]?.resources ?? []) {
          const path = String((resource['schemas'] as readonly string[])[0]).endsWith(':Group') ? '/Groups' : '/Users'
          const made = await server.post(path, JSON.parse(fill(JSON.stringify(resource))))
          expect(made.status, made.text).toBe(201)
          ids.set(`${path === '/Users' ? 'u' : 'g'}${++count[path]}`, String(made.body['id']))
        }
      })
      afterAll(async () => server?.stop())

      it.each(members.map((each) => [each.id, each.level, each.filter.slice(0, 80), each] as const))(
        '%s %s: %s',
        async (...row) => {
          const { endpoint, filter, expectMatches = [], alsoAccept = [], expectError, acceptError } = row[3]
          const accepted: (readonly string[] | string)[] = expectError
            ? [`${expectError.status} ${expectError.scimType}`]
            : [expectMatches, ...alsoAccept].map((list) => [...list].sort())
          if (acceptError) accepted.push(`${acceptError.status} invalidFilter`)
          const asked = await server.get(`${endpoint}${where(fill(filter), '&count=100')}`)
          expect(accepted, asked.text.slice(0, 300)).toContainEqual(outcome(asked))
          // RFC 7644 section 3.4.3: the same query as a POST
          const searched = await server.post(`${endpoint}/.search`, {
            schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
            filter: fill(filter),
            count: 100,
          })
          expect(outcome(searched)).toEqual(outcome(asked))
          // section 3.4.2.1: of the root the same, when it is narrowed to the type; what is refused is refused there, too
          const type = endpoint === '/Users' ? 'User' : 'Group'
          const narrowed = asked.status === 200 ? `(${fill(filter)}) and meta.resourceType eq "${type}"` : fill(filter)
          const atRoot = await server.get(`/${where(narrowed, '&count=100')}`)
          expect(outcome(atRoot), atRoot.text.slice(0, 300)).toEqual(outcome(asked))
          const searchedAtRoot = await server.post('/.search', {
            schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
            filter: narrowed,
            count: 100,
          })
          expect(outcome(searchedAtRoot)).toEqual(outcome(asked))
        },
      )
    },
  )
}
