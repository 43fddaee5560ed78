import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isBridgeError } from '../../src/base/errors.ts'
import type { JsonObject } from '../../src/base/json.ts'
import { loadApplication } from '../../src/cli/load.ts'
import { defaultLimits } from '../../src/plan/limits.ts'
import { explain, offlineApplication } from '../../src/service/explain.ts'
import type { Explanation } from '../../src/service/explain.ts'
import { environment, priors } from './ldap-people.ts'
import type { LdapMapping } from './ldap-people.ts'
import { ldapThemes } from './ldap-requests.ts'
import type { LdapExample } from './ldap-requests.ts'
import { page } from './page.ts'
import { ldapRequest, mappings } from './stand.ts'

const legend = [
  'For each request: its plan, then the operations that reach the directory. LDAP is a server that keeps memberOf, BARE',
  'one that does not, where memberships are searched; `3. LDAP 5.` is the operation that the former has there. ‹…› is a',
  'value that only the run knows. RETURN below a write is the entry as the write leaves it, told with its result.',
  '`schemas` is left out of bodies.',
]

/** Of the columns; the groups of Unix logins are searched everywhere. */
const memberOf = { openldap: { ldap: 'memberOf', bare: '' }, posix: { ldap: '' } } as const

const explainAs = (mapping: LdapMapping, attribute: string) => {
  const { catalog, store } = loadApplication(join(mappings, `${mapping}.yaml`), {
    env: environment('dc=example,dc=com', attribute),
  })
  const app = offlineApplication({ catalog, store, limits: defaultLimits })
  return (example: LdapExample, prior: JsonObject | undefined): Promise<Explanation> =>
    explain(app, ldapRequest(catalog, example), prior)
}

const explainers = Object.fromEntries(
  Object.entries(memberOf).map(([mapping, columns]) => [
    mapping,
    Object.entries(columns).map(([name, attribute]) => [name, explainAs(mapping as LdapMapping, attribute)] as const),
  ]),
)

const priorOf = ({ method, path, headers }: LdapExample): JsonObject | undefined =>
  method === 'PUT' || method === 'PATCH' || headers !== undefined ? priors.get(path) : undefined

async function entryOf(example: LdapExample) {
  const prior = priorOf(example)
  try {
    const cells: Record<string, Explanation> = {}
    for (const [name, told] of explainers[example.mapping] ?? []) cells[name] = await told(example, prior)
    return { example, prior, cells, answer: example.answer }
  } catch (error) {
    if (!isBridgeError(error)) throw error
    const refused = `${error.reason}: ${error.detail}`
    return { example, prior, cells: { refused }, answer: refused }
  }
}

describe.each(Object.entries(ldapThemes))('%s', (name, { theme, examples }) => {
  it('is written down', async () => {
    const entries = await Promise.all(examples.map(entryOf))
    await expect(page(theme, legend, entries)).toMatchFileSnapshot(`${name}.txt`)
    for (const { cells, example, answer } of entries) if ('refused' in cells) expect(answer).toBe(example.answer)
  })

  it('tells no secret', async () => {
    for (const example of examples) {
      const { cells } = await entryOf(example)
      expect(JSON.stringify(cells)).not.toMatch(/correct horse|battery staple/)
    }
  })
})
