import { beforeAll, describe, expect, it } from 'vitest'
import { isBridgeError } from '../../../src/base/errors.ts'
import type { JsonObject } from '../../../src/base/json.ts'
import { departure } from '../../golden/ldap-same-as-log.ts'
import { priors, version } from '../../golden/ldap-people.ts'
import type { LdapMapping } from '../../golden/ldap-people.ts'
import { ldapThemes } from '../../golden/ldap-requests.ts'
import type { LdapExample } from '../../golden/ldap-requests.ts'
import { describeServer } from '../../servers/with-server.ts'
import { goldenDirectory } from './golden-stand.ts'
import type { GoldenDirectory } from './golden-stand.ts'

/**
 * The promise of `explain`, held for every golden request to a directory: what slapd wrote into its own log is what was
 * explained before, with a server and without. What may differ is said at the head of `ldap-same-as-log.ts`.
 */
const examples: readonly LdapExample[] = Object.values(ldapThemes).flatMap((one) => [...one.examples])

const places: readonly (readonly [LdapMapping, boolean])[] = [
  ['openldap', true],
  ['openldap', false],
  ['posix', false],
]

const isRefused = (told: string): boolean => /^[a-z]+:/i.test(told)

/** Whom an answer, or what was held before it, names by a reference. */
const names =
  (record: Readonly<Record<'prior' | 'answer', string>>) =>
  (reference: string, base: string, by: 'prior' | 'answer'): boolean => {
    const shown = record[by]
    if (/manager$/.test(reference)) return /"manager":\{/.test(shown)
    if (/groups$/.test(reference)) return /"groups":\[\{/.test(shown)
    const [, members = ''] = /"members":\[(.*?)\]/.exec(shown) ?? []
    return members.includes(base.startsWith('ou=people') ? '/Users/' : '/Groups/')
  }

await describeServer('openldap', 'OpenLDAP is asked what was explained', (server) => {
  describe.each(places)('%s, with overlays: %s', (mapping, overlays) => {
    let golden: GoldenDirectory
    beforeAll(async () => {
      golden = await goldenDirectory(server, mapping, overlays)
    }, 60_000)

    /** What is held, with the version that it has in this directory. */
    async function held(path: string): Promise<JsonObject | undefined> {
      const prior = priors.get(path)
      const dn = golden.dnOf(path.split('/')[2] ?? '')
      if (prior === undefined || dn === undefined) return undefined
      const [csn = ''] = (await golden.directory.client().read(dn, ['entryCSN']))?.values['entryCSN'] ?? []
      return { ...prior, meta: { version: `W/"${encodeURIComponent(csn)}"` } }
    }

    const mine = examples.filter((one) => one.mapping === mapping).map((one) => [one.title, one] as const)
    it.each(mine)('%s', async (_, example) => {
      const { method, path, headers, departs } = example
      if (method !== 'GET') await golden.reset()
      const isChange = method === 'PUT' || method === 'PATCH' || headers !== undefined
      const prior = isChange ? await held(path) : undefined
      const current = (prior?.['meta'] as JsonObject | undefined)?.['version']
      const asked =
        headers?.['If-Match'] === version ? { ...example, headers: { 'If-Match': String(current) } } : example
      const bridge = await golden.open()
      try {
        const explained = await bridge.explain(asked, prior).catch((error: unknown) => {
          if (isBridgeError(error)) return { refused: `${error.reason}: ${error.detail}` }
          throw error
        })
        if (!('refused' in explained)) expect(await bridge.explainOffline(asked, prior)).toEqual(explained)
        await golden.watch.take()
        const { told, body } = await bridge.run(asked)
        const log = (await golden.watch.take()).filter(({ kind }) => kind !== 'bind')
        expect(told).toBe(example.answer)
        if ('refused' in explained) {
          expect(explained.refused).toBe(told)
          expect(log.filter(({ kind }) => kind !== 'search')).toEqual([])
          return
        }
        const circumstances = {
          dnOf: (id: string) => golden.dnOf(id),
          names: names({ prior: JSON.stringify(prior ?? {}), answer: JSON.stringify(body ?? {}) }),
          isEmpty: Array.isArray(body?.['Resources']) && body['Resources'].length === 0,
          isRefused: isRefused(told),
        }
        const found = departure(explained.operations, log, circumstances)
        if (departs === undefined) expect(found).toBeUndefined()
        else expect(found).toBeDefined()
      } finally {
        await bridge.close()
      }
    })

    if (mapping !== 'openldap') return
    it('holds what is assumed to be held', async () => {
      await golden.reset()
      const bridge = await golden.open()
      for (const [path, prior] of priors) {
        const { body } = await bridge.run({ title: '', mapping, method: 'GET', path, answer: '200' })
        const { meta: _, ...resource } = prior
        expect(body).toMatchObject(resource)
      }
      await bridge.close()
    })
  })
})
