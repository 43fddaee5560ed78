import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Observation } from '../../../src/base/observation.ts'
import { start } from '../../../src/cli/start.ts'
import { readConfig } from '../../../src/config.ts'
import { secret } from '../../cli/process.ts'
import type { DirectoryOptions, FreshDirectory } from '../../servers/fresh-directory.ts'
import type { DirectoryServer } from '../../servers/with-server.ts'
import { scimClient } from '../../wire/client.ts'
import type { Answer, Client } from '../../wire/client.ts'

export interface PlaceOptions extends DirectoryOptions {
  /** Other words for `place.yaml`, or another file's text as a whole. */
  readonly mapping?: (text: string) => string
  /** Where the bridge reaches the directory; straight unless given. */
  readonly url?: (url: string) => string
  /** Milliseconds that a request may take. */
  readonly request?: number
}

/** The whole app over a directory that nobody else has. */
export interface LdapPlace {
  readonly directory: FreshDirectory
  readonly client: Client
  /** Where the bridge of `client` is, and what lets in. */
  readonly base: { readonly url: string; readonly token: string }
  /** What the bridge told its operator. */
  readonly told: readonly Observation[]
  /** Another bridge on the same directory, with its own locks, caches and side store. */
  another(): Promise<Client>
  close(): Promise<void>
}

export async function ldapPlace(server: DirectoryServer, options: PlaceOptions = {}): Promise<LdapPlace> {
  const { mapping = (text: string) => text, url = (to: string) => to, request = 20_000, ...rest } = options
  const directory = await server.freshDirectory(rest)
  const folder = mkdtempSync(join(tmpdir(), 'scim-bridge-ldap-'))
  const at = (name: string): string => join(folder, name)
  writeFileSync(at('place.yaml'), mapping(readFileSync(join(import.meta.dirname, 'place.yaml'), 'utf8')))
  writeFileSync(at('bridge.yaml'), `timeouts: { request: ${request}ms, retryAfter: 1s }\n`)
  const env = {
    LDAP_URL: url(directory.url),
    LDAP_BASE_DN: directory.suffix,
    LDAP_BIND_DN: directory.account.dn,
    LDAP_BIND_PASSWORD: directory.account.password,
    LDAP_MEMBEROF: (rest.overlays ?? true) ? 'memberOf' : '',
    SCIM_BRIDGE_TOKEN: secret,
  }
  const told: Observation[] = []
  const ends: (() => Promise<void>)[] = []
  const urls: string[] = []
  const another = async (): Promise<Client> => {
    const said = { mappings: [at('place.yaml')], sideStore: at(`side-${ends.length}.db`), port: '0' }
    const running = await start(readConfig(at('bridge.yaml'), said, env), env, (one) => told.push(one))
    urls.push(...running.urls)
    const client = scimClient(running.urls[0] ?? '', secret)
    ends.push(async () => {
      client.close()
      await running.stop()
    })
    return client
  }
  const client = await another()
  return {
    directory,
    client,
    base: { url: urls[0] ?? '', token: secret },
    told,
    another,
    async close() {
      for (const end of ends) await end()
      await directory.drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The id of what was created, or what went wrong instead. */
export function idIn({ status, body, text }: Answer): string {
  const { id } = body
  if (status >= 300 || typeof id !== 'string') throw new Error(`${status} ${text}`)
  return id
}

/** With the overlays that keep references in order, and without: a promise holds on both. */
export const kinds = [
  ['with overlays', true],
  ['bare', false],
] as const

/** Other words in place of some that have to be there, for `mapping`. */
export const instead =
  (...pairs: readonly (readonly [words: string, other: string])[]) =>
  (text: string): string =>
    pairs.reduce((so, [words, other]) => {
      if (!so.includes(words)) throw new Error(`the mapping does not say ${words}`)
      return so.replace(words, () => other)
    }, text)
