import { readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { BridgeError } from './base/errors.ts'
import { isObject } from './base/json.ts'
import type { Json, JsonObject } from './base/json.ts'
import { crossCheck } from './config/cross-check.ts'
import { fileSchema } from './config/defaults.ts'
import type { FileConfig } from './config/defaults.ts'
import { environmentToken } from './config/environment-token.ts'
import { problemsOf } from './config/problems-of.ts'
import type { TokenRule } from './http/auth.ts'
import type { Limits, Timeouts } from './http/limits.ts'
import type { PassThrough } from './http/upstream/pass-through.ts'
import { checkSecrets } from './mapping/check-secrets.ts'
import type { PlanLimits } from './plan/limits.ts'
import type { FilePath, Loaded } from './mapping/load.ts'
import { loadMapping } from './mapping/load.ts'
import { problemText } from './mapping/problem.ts'
import type { Report } from './mapping/problem.ts'
import { compileUpstream } from './mapping/upstream.ts'
import type { Upstream } from './mapping/upstream.ts'

/** Everything that is set before the start. Frozen, and handed down: nothing below reads a file or the environment for it. */
export interface Config {
  readonly listen: {
    readonly host: string
    readonly port: number
    readonly publicUrl: string | undefined
    readonly trustedProxies: readonly string[]
    readonly insecureHttp: boolean
  }
  readonly tokens: readonly TokenRule[]
  readonly allowAnonymous: boolean
  readonly applications: readonly ApplicationConfig[]
  readonly passThrough: readonly PassThrough[]
  /** Where relative files of this configuration start. */
  readonly folder: string
  readonly limits: Limits & PlanLimits
  readonly sensitiveFilters: readonly string[]
  readonly timeouts: Timeouts
  readonly cursors: {
    /** undefined for a key that is kept beside the side store. */
    readonly secret: string | undefined
    /** Milliseconds. */
    readonly timeout: number
  }
  readonly log: { readonly level: 'error' | 'warn' | 'info' | 'debug' }
  /** Absolute path. */
  readonly sideStore: string
}

export type ApplicationConfig = MappedConfig | UpstreamConfig

export interface MappedConfig {
  readonly kind: 'mapping'
  readonly name: string
  /** Absolute path of the mapping file. */
  readonly mapping: string
  readonly profile: string | undefined
  /** Served at `<path>/v2` and at `<path>`. */
  readonly path: string
}

/** An application that another SCIM service serves as a whole. */
export interface UpstreamConfig {
  readonly kind: 'upstream'
  readonly name: string
  readonly path: string
  readonly upstream: Upstream
}

/** What the command line sets; each goes before the file. */
export interface Flags {
  /** Mapping files; they take the place of the file's `applications`. */
  readonly mappings?: readonly string[]
  readonly profile?: string
  readonly host?: string
  readonly port?: string
  readonly publicUrl?: string
  readonly logLevel?: string
  readonly sideStore?: string
  readonly allowAnonymous?: boolean
  readonly insecureHttp?: boolean
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Where in the file a flag puts its value, and its name on the command line. */
const flagPlaces = {
  host: { path: ['listen', 'host'], flag: '--host' },
  port: { path: ['listen', 'port'], flag: '--port' },
  publicUrl: { path: ['listen', 'publicUrl'], flag: '--public-url' },
  insecureHttp: { path: ['listen', 'insecureHttp'], flag: '--insecure-http' },
  logLevel: { path: ['log', 'level'], flag: '--log-level' },
  sideStore: { path: ['sideStore'], flag: '--side-store' },
  allowAnonymous: { path: ['allowAnonymous'], flag: '--allow-anonymous' },
} as const satisfies Partial<Record<keyof Flags, { readonly path: FilePath; readonly flag: string }>>

/** An application that is given by its mapping file alone is called as the file is. */
export const applicationName = (path: string): string =>
  basename(path)
    .replace(/\.(?:ya?ml|json)$/, '')
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, 64)
const asNumber = (text: string): Json => (/^\d+$/.test(text) ? Number(text) : text)

/** The file's values with those of the flags put over them. */
function overlay(file: JsonObject, flags: Flags): JsonObject {
  const result: Record<string, Json> = { ...file }
  for (const [name, { path }] of Object.entries(flagPlaces)) {
    const given = flags[name as keyof typeof flagPlaces]
    if (given === undefined) continue
    const [section, key] = path as readonly [string, string?]
    const value = name === 'port' ? asNumber(String(given)) : given
    if (key === undefined) result[section] = value
    else result[section] = { ...(isObject(result[section]) ? result[section] : {}), [key]: value }
  }
  if (flags.mappings !== undefined && flags.mappings.length > 0) {
    result.applications = Object.fromEntries(flags.mappings.map((file) => [applicationName(file), resolve(file)]))
  }
  return result
}

/**
 * Configuration from `bridge.yaml`, flags and environment. Rejects with BridgeError `invalidConfiguration`, whose detail
 * has one line for each problem: all of them at once, with file, line and column.
 */
export function readConfig(file: string | undefined, flags: Flags, env: Environment): Config {
  const text = file === undefined ? '' : readText(file)
  const loaded = loadMapping(text, { file: file ?? 'bridge.yaml', env, readFile: (path) => readFileSync(path, 'utf8') })
  const lines: string[] = []
  const fromFile = loaded.value ?? {}
  if (loaded.problems.length > 0 || !(isObject(fromFile) || fromFile === null)) {
    if (loaded.problems.length === 0) loaded.report.error([], 'the file must be an object')
    throw refused(lines, loaded)
  }
  const values = overlay(fromFile ?? {}, flags)
  const flagAt = (path: FilePath): string | undefined => {
    const key = path.join('.')
    const given = Object.entries(flagPlaces).find(
      ([name, place]) => place.path.join('.') === key && flags[name as keyof Flags] !== undefined,
    )
    return given?.[1].flag
  }
  const report = (path: FilePath, message: string, hint?: string): void => {
    const flag = flagAt(path)
    const line = `${message}${hint === undefined ? '' : ` (${hint})`}`
    if (flag !== undefined) lines.push(`${flag}: ${line}`)
    else if (file === undefined) lines.push(line)
    else loaded.report.error(path, message, hint)
  }

  const names = (flags.mappings ?? []).map(applicationName)
  for (const name of new Set(names.filter((one, at) => names.indexOf(one) !== at))) {
    lines.push(`two mapping files are called ${name}: name the applications in a configuration file`)
  }
  const token = environmentToken(env)
  if (token.problem !== undefined) lines.push(token.problem)
  for (const section of ['applications', 'passThrough']) checkSecrets(loaded, values[section], [section])
  const parsed = fileSchema.safeParse(values)
  if (!parsed.success) for (const issue of problemsOf(parsed.error)) report(issue.path, issue.message, issue.hint)
  else {
    const config = settle(parsed.data, file, flags, token.rule, { error: report, warning: report })
    // a token that is refused is told already; that there is none would be told beside it
    const untold: typeof report = (path, ...said) => {
      if (token.problem === undefined || path.join('.') !== 'tokens') report(path, ...said)
    }
    crossCheck(config, untold)
    if (lines.length === 0 && loaded.problems.length === 0) return freeze(config)
  }
  throw refused(lines, loaded)
}

/** Problems of flags and environment first, then those of the file in its order. */
function refused(lines: readonly string[], { problems }: Loaded): BridgeError {
  const inFile = problems.toSorted((a, b) => a.line - b.line || a.column - b.column).map(problemText)
  return new BridgeError('invalidConfiguration', [...lines, ...inFile].join('\n'))
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new BridgeError('invalidConfiguration', `${file}: the file cannot be read`, error)
  }
}

/** From what the file says to what the program uses: absolute paths, served paths, seconds. */
function settle(
  data: FileConfig,
  file: string | undefined,
  flags: Flags,
  extra: TokenRule | undefined,
  report: Report,
): Config {
  const base = file === undefined ? '.' : dirname(file)
  const applications = Object.entries(data.applications)
  return {
    listen: { ...data.listen, publicUrl: data.listen.publicUrl?.replace(/\/+$/, '') },
    tokens: [
      ...data.tokens.map(({ name, sha256, readOnly, applications: opens, passThrough, userName }) => ({
        name,
        sha256: sha256.toLowerCase(),
        readOnly,
        ...(opens !== undefined && { applications: opens }),
        ...(passThrough !== undefined && { passThrough }),
        ...(userName !== undefined && { userName }),
      })),
      ...(extra === undefined ? [] : [extra]),
    ],
    allowAnonymous: data.allowAnonymous,
    applications: applications.map(([name, said]): ApplicationConfig => {
      const path = said.path ?? (applications.length === 1 ? '/scim' : `/${name}/scim`)
      const at: FilePath = ['applications', name]
      if ('upstream' in said) {
        return { kind: 'upstream', name, path, upstream: compileUpstream(said.upstream, [...at, 'upstream'], report) }
      }
      return {
        kind: 'mapping',
        name,
        mapping: resolve(base, said.mapping),
        profile: flags.profile ?? said.profile,
        path,
      }
    }),
    passThrough: Object.entries(data.passThrough).map(([name, said]) => ({
      name,
      path: said.path ?? `/${name}`,
      upstream: compileUpstream(said, ['passThrough', name], report),
      body: said.body,
    })),
    folder: resolve(base),
    limits: data.limits,
    sensitiveFilters: data.sensitiveFilters,
    timeouts: { ...data.timeouts, retryAfter: Math.ceil(data.timeouts.retryAfter / 1000) },
    cursors: { secret: data.cursors.secret, timeout: data.cursors.timeout },
    log: data.log,
    sideStore: resolve(flags.sideStore === undefined ? base : '.', data.sideStore),
  }
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(freeze)
  }
  return value
}
