import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { backendKinds, backendOf } from '../backends/registry.ts'
import { BridgeError } from '../base/errors.ts'
import { applicationName } from '../config.ts'
import { agentOf } from '../http/upstream/agent.ts'
import type { Catalog } from '../mapping/catalog.ts'
import { compileMapping } from '../mapping/compile.ts'
import { unsaidMatches } from '../plan/names.ts'
import type { Backend, Store } from '../plan/port.ts'
import { profiles, quirksOf } from '../scim/quirks.ts'

export interface LoadOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Overrides the profile that the file names. */
  readonly profile?: string | undefined
  readonly name?: string | undefined
}

export interface Loaded {
  readonly catalog: Catalog
  readonly backend: Backend
  /** Lowers and explains; opens nothing. */
  readonly store: Store
}

/** Reads and compiles a mapping file, its backend's section included. Throws BridgeError with every problem. */
export function loadApplication(file: string, options: LoadOptions): Loaded {
  const compiled = compileMapping(readMapping(file), {
    file,
    env: options.env,
    readFile: (path) => readFileSync(path, 'utf8'),
    name: options.name ?? applicationName(file),
  })
  const catalog = options.profile === undefined ? compiled : withProfile(compiled, options.profile)
  const backend = backendOf(catalog.backend.kind, dirname(resolve(file)))
  if (!backend) {
    throw new BridgeError(
      'invalidMapping',
      `${file}: there is no backend of the kind '${catalog.backend.kind}'; there are ${backendKinds.join(', ')}`,
    )
  }
  refuse(file, backend.check(catalog))
  const store = backend.offline(catalog)
  refuse(
    file,
    unsaidMatches(catalog.types, (leaf) => store.say(leaf)),
  )
  // certificates that cannot be read are found now, and not by the first request
  for (const { upstream } of catalog.upstreams) agentOf(upstream, dirname(resolve(file))).destroy()
  return { catalog, backend, store }
}

function refuse(
  file: string,
  problems: readonly { readonly path: readonly (string | number)[]; readonly message: string }[],
): void {
  if (problems.length > 0)
    throw new BridgeError(
      'invalidMapping',
      problems.map((problem) => `${file}: ${problem.path.join('.')}: ${problem.message}`).join('\n'),
    )
}

function withProfile(catalog: Catalog, profile: string): Catalog {
  const quirks = quirksOf(profile)
  if (quirks) return { ...catalog, profile, quirks }
  throw new BridgeError('invalidConfiguration', `there is no profile '${profile}'; there are ${profiles.join(', ')}`)
}

function readMapping(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new BridgeError('invalidMapping', `${file}: cannot be read`, error)
  }
}
