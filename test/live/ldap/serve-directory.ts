import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { start } from '../../../src/cli/start.ts'
import { readConfig } from '../../../src/config.ts'
import type { JsonObject } from '../../../src/base/json.ts'
import type { FreshDirectory } from '../../servers/fresh-directory.ts'
import type { DirectoryClient } from '../../servers/directory-client.ts'
import type { LoggedOperation } from '../../servers/slapd-log.ts'
import { scimClient } from '../../wire/client.ts'
import type { Answer, Client } from '../../wire/client.ts'
import { where } from '../../wire/people.ts'

/** The whole bridge over a directory of one test's own, and the directory beside it. */
export interface Served {
  readonly directory: FreshDirectory
  readonly client: Client
  /** The directory, by its administrator. */
  readonly beside: DirectoryClient
  /** Everything that the bridge has told about itself, with every cause. */
  told(): string
  /** What reached the directory since the last time. */
  asked(): Promise<readonly LoggedOperation[]>
  /** The mapping file. */
  readonly file: string
  /** What a mapping file reads from the environment. */
  readonly env: Readonly<Record<string, string>>
  /** The ids of a list, or of a filter. */
  found(path: string, filter?: string): Promise<readonly string[]>
  stop(): Promise<void>
}

/** `SUFFIX` in the text stands for the suffix of the directory; `backend` is how it is reached, in clear when left out. */
export interface Mapped {
  readonly resources: string
  readonly backend?: string
}

const token = 'a-token-that-is-long-enough-for-it'

export async function serveDirectory(directory: FreshDirectory, { resources, backend }: Mapped): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'scim-bridge-directory-'))
  const file = join(folder, 'directory.yaml')
  const text = `version: 1
backend:
  kind: ldap
  ${backend ?? `url: "${directory.url}"\n  bind: { dn: "\${LDAP_BIND_DN}", password: "\${LDAP_BIND_PASSWORD}" }`}
resources:
${resources}`
  writeFileSync(file, text.replaceAll('SUFFIX', directory.suffix))
  writeFileSync(join(folder, 'bridge.yaml'), 'timeouts: { request: 20s, retryAfter: 1s }\n')
  const env = {
    LDAP_BIND_DN: directory.account.dn,
    LDAP_BIND_PASSWORD: directory.account.password,
    SCIM_BRIDGE_TOKEN: token,
  }
  const config = readConfig(
    join(folder, 'bridge.yaml'),
    { mappings: [file], sideStore: join(folder, 'side.db'), port: '0' },
    env,
  )
  const told: string[] = []
  const running = await start(config, env, (one) => told.push(JSON.stringify(one, withCauses)))
  const client = scimClient(running.urls[0] ?? '', token)
  const watch = await directory.watch()
  return {
    ...{ directory, client, file, env, beside: directory.client() },
    told: () => told.join('\n'),
    asked: () => watch.take(),
    async found(path, filter) {
      const { status, body } = await client.get(filter === undefined ? path : path + where(filter))
      expect([status, body.detail]).toEqual([200, undefined])
      const list = (body.Resources ?? []) as readonly JsonObject[]
      expect(body.totalResults).toBe(list.length)
      return list.map(({ id }) => String(id))
    },
    async stop() {
      client.close()
      await running.stop()
      await directory.drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const withCauses = (_: string, value: unknown): unknown =>
  value instanceof Error ? { ...value, message: value.message, stack: value.stack, cause: value.cause } : value

/** The id of what was just made; anything else than 201 fails, with what was answered. */
export function made({ status, text, body }: Answer): string {
  expect([status, text]).toEqual([201, text])
  return String(body.id)
}

/** The body of an answer that succeeded. */
export function fine({ status, text, body }: Answer): JsonObject {
  expect([status < 300, text]).toEqual([true, text])
  return body
}
