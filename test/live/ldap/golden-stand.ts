import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testApplication } from '../../application.ts'
import { openSideStore } from '../../../src/backends/side/store.ts'
import { scimId } from '../../../src/base/brand.ts'
import type { JsonObject } from '../../../src/base/json.ts'
import { loadApplication } from '../../../src/cli/load.ts'
import { program } from '../../../src/cli/private-server/programs.ts'
import { run } from '../../../src/cli/private-server/run.ts'
import { defaultLimits } from '../../../src/plan/limits.ts'
import { explain, offlineApplication } from '../../../src/service/explain.ts'
import type { Explanation } from '../../../src/service/explain.ts'
import { openBridge } from '../../../src/service/open-bridge.ts'
import { environment, idOf, seedOf } from '../../golden/ldap-people.ts'
import type { LdapMapping } from '../../golden/ldap-people.ts'
import type { LdapExample } from '../../golden/ldap-requests.ts'
import type { Answer } from '../../golden/stand.ts'
import { answerTo, ldapRequest, mappings } from '../../golden/stand.ts'
import type { FreshDirectory } from '../../servers/fresh-directory.ts'
import type { OperationWatch } from '../../servers/watch-operations.ts'
import type { DirectoryServer } from '../../servers/with-server.ts'

/** The application of a golden request over a directory, opened anew: it knows nothing of requests before. */
export interface GoldenBridge {
  explain(example: LdapExample, prior: JsonObject | undefined): Promise<Explanation>
  /** The same without the directory. */
  explainOffline(example: LdapExample, prior: JsonObject | undefined): Promise<Explanation>
  run(example: LdapExample): Promise<Answer>
  close(): Promise<void>
}

/** A directory with the people of the golden requests. */
export interface GoldenDirectory {
  readonly directory: FreshDirectory
  readonly watch: OperationWatch
  /** By ids, as the seed has them. */
  dnOf(id: string): string | undefined
  open(): Promise<GoldenBridge>
  /** As it was at the beginning. */
  reset(): Promise<void>
}

export async function goldenDirectory(
  server: DirectoryServer,
  mapping: LdapMapping,
  overlays: boolean,
): Promise<GoldenDirectory> {
  const directory = await server.freshDirectory({ overlays })
  const { suffix, url, account, admin } = directory
  const seed = seedOf(mapping, suffix)
  const dns = new Map(
    seed.split('\n\n').map((text) => [/^entryUUID: (.*)$/m.exec(text)?.[1], /^dn: (.*)$/m.exec(text)?.[1]] as const),
  )
  const client = directory.client()
  const reset = async (): Promise<void> => {
    for (const branch of ['groups', 'people', 'counters'])
      for (const { dn } of await client.search(`ou=${branch},${suffix}`, { scope: 'one', attributes: ['1.1'] }))
        await client.remove(dn)
    const folder = mkdtempSync(join(tmpdir(), 'scim-bridge-seed-'))
    writeFileSync(join(folder, 'seed.ldif'), seed)
    // an id is the server's own to give, save to an administrator who says so
    const options = ['-x', '-e', 'relax', '-H', url, '-D', admin.dn, '-w', admin.password]
    await run(program('ldapadd'), [...options, '-f', join(folder, 'seed.ldif')])
    rmSync(folder, { recursive: true, force: true })
  }
  await reset()
  return {
    ...{ directory, reset, watch: await directory.watch() },
    dnOf: (id) => dns.get(id),
    open: () =>
      openGolden(mapping, {
        ...environment(suffix, overlays && mapping === 'openldap' ? 'memberOf' : ''),
        ...{ LDAP_URL: url, LDAP_BIND_DN: account.dn, LDAP_BIND_PASSWORD: account.password },
      }),
  }
}

async function openGolden(mapping: LdapMapping, env: Readonly<Record<string, string>>): Promise<GoldenBridge> {
  const folder = mkdtempSync(join(tmpdir(), 'scim-bridge-golden-'))
  const { catalog, backend, store } = loadApplication(join(mappings, `${mapping}.yaml`), { env })
  const side = openSideStore(join(folder, 'side.db'), mapping)
  const app = testApplication({ catalog, store: await backend.open(catalog), side })
  const known = scimId(idOf('cher', mapping))
  const values = { 'side:externalId': 'hr-32' }
  const intent = await side.intend({ type: 'User', id: known, values, evidence: { unique: {}, digest: '' } })
  await side.settle(intent, known)
  const bridge = openBridge(app)
  const offline = { ...offlineApplication({ catalog, store, limits: defaultLimits }), side }
  return {
    explain: async (example, prior) => explain(app, ldapRequest(catalog, example), prior),
    explainOffline: async (example, prior) => explain(offline, ldapRequest(catalog, example), prior),
    run: async (example) => answerTo(bridge, ldapRequest(catalog, example)),
    async close() {
      await app.store.close()
      await side.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
