import { BridgeError } from '../base/errors.ts'
import { isObject } from '../base/json.ts'
import { profiles, quirksOf } from '../scim/quirks.ts'
import type { Catalog, Reference, ResourceMapping } from './catalog.ts'
import { checkBackend } from './check-directory.ts'
import { checkIds } from './check-ids.ts'
import { checkSchemas } from './check-schema.ts'
import { checkSecrets } from './check-secrets.ts'
import { checkSlots } from './check-slots.ts'
import { checkTypes } from './check-types.ts'
import { checkWhere } from './check-where.ts'
import { compileResource } from './compile-resource.ts'
import type { CompileScope } from './compile-scope.ts'
import { checkEndpoints, compileUpstreamType } from './compile-upstream.ts'
import type { ResourceFile, UpstreamResourceFile, WrittenFile } from './file.ts'
import { loadMapping } from './load.ts'
import type { FilePath, Loaded, LoadOptions } from './load.ts'
import { problemText } from './problem.ts'
import type { Problem, Report } from './problem.ts'
import { relink } from './relink.ts'
import { schemaTable } from './schema-table.ts'
import { suggest } from './suggest.ts'
import { validateFile } from './validate-file.ts'

export interface CompileOptions extends LoadOptions {
  /** The name of the application; the file's own `name` goes before it. */
  readonly name?: string
}

export interface Compiled {
  /** There is none as long as any problem is an error. */
  readonly catalog: Catalog | undefined
  readonly problems: readonly Problem[]
}

/** Compiles a mapping file. Throws BridgeError invalidMapping that lists every problem at once. */
export function compileMapping(text: string, options: CompileOptions): Catalog {
  const { catalog, problems } = tryCompile(text, options)
  if (catalog === undefined) {
    const errors = problems.filter((problem) => problem.severity === 'error')
    throw new BridgeError('invalidMapping', errors.map(problemText).join('\n'))
  }
  return catalog
}

/** The same without a throw; warnings come beside the catalog. */
export function tryCompile(text: string, options: CompileOptions): Compiled {
  const loaded = loadMapping(text, options)
  const done = (catalog?: Catalog): Compiled => {
    const problems = [...loaded.problems].sort((a, b) => a.line - b.line || a.column - b.column)
    return { catalog: problems.some((p) => p.severity === 'error') ? undefined : catalog, problems }
  }
  if (loaded.value === undefined && loaded.problems.length > 0) return done()
  const validated = validateFile(loaded)
  checkSecrets(loaded, isObject(loaded.value) ? loaded.value['backend'] : undefined)
  checkUpstreamSecrets(loaded)
  if (validated === undefined) return done()
  const { mapped, upstreams } = apart(validated.file)
  const file = { ...validated.file, resources: mapped }
  const report = sparing(loaded.report, validated.leftOut)

  const profile = file.profile ?? 'tolerant'
  const quirks = quirksOf(profile)
  if (quirks === undefined)
    report.error(['profile'], `there is no profile "${profile}"`, suggest(profile, profiles) ?? profiles.join(', '))
  const scope: CompileScope = { file, loaded, report, schemas: schemaTable(file, report), later: [] }
  checkSchemas(validated.file, report)
  checkBackend(scope)
  const compiled = Object.entries(file.resources).flatMap(([name, said]) => {
    const mapping = compileResource(scope, name, said)
    if (mapping === undefined) return []
    checkSlots(mapping, said, ['resources', name], report)
    checkWhere(mapping, ['resources', name], report)
    return [relink(mapping)]
  })
  if (Object.keys(file.resources).length === 0)
    report.error(
      ['resources'],
      'no resource type is mapped',
      ...(Object.keys(upstreams).length === 0 ? [] : ['what another service serves alone needs no mapping file']),
    )
  checkIds(compiled, report)
  checkTypes(compiled, file, report)
  for (const check of scope.later) check(compiled)
  const types = compiled.map((mapping) => ({ ...mapping, inbound: inboundOf(mapping, compiled) }))
  const proxied = Object.entries(upstreams).map(([name, said]) => compileUpstreamType(scope, name, said))
  checkEndpoints(
    proxied,
    types.map(({ type }) => type),
    report,
  )
  return done({
    name: file.name ?? options.name ?? 'default',
    profile,
    quirks: quirks ?? new Set(),
    backend: { kind: file.backend.kind, section: file.backend },
    types,
    upstreams: proxied,
  })
}

/** The types that are mapped, and those that another service serves. */
function apart({ resources }: WrittenFile): {
  readonly mapped: Readonly<Record<string, ResourceFile>>
  readonly upstreams: Readonly<Record<string, UpstreamResourceFile>>
} {
  const mapped: Record<string, ResourceFile> = {}
  const upstreams: Record<string, UpstreamResourceFile> = {}
  for (const [name, said] of Object.entries(resources)) {
    if ('upstream' in said) upstreams[name] = said
    else mapped[name] = said
  }
  return { mapped, upstreams }
}

function checkUpstreamSecrets(loaded: Loaded): void {
  const resources = isObject(loaded.value) ? loaded.value['resources'] : undefined
  for (const [name, said] of Object.entries(isObject(resources) ? resources : {}))
    if (isObject(said)) checkSecrets(loaded, said['upstream'], ['resources', name, 'upstream'])
}

/** Says nothing of a place from which something was left out: what it misses may be just that. */
function sparing(report: Report, leftOut: readonly FilePath[]): Report {
  const holds = (path: FilePath): boolean => leftOut.some((gone) => path.every((key, i) => gone[i] === key))
  return {
    error: (path, message, hint) => (holds(path) ? undefined : report.error(path, message, hint)),
    warning: (path, message, hint) => (holds(path) ? undefined : report.warning(path, message, hint)),
  }
}

/** The stored references that can point at this type. */
function inboundOf(mapping: ResourceMapping, all: readonly ResourceMapping[]): ResourceMapping['inbound'] {
  return all.flatMap((from) =>
    from.attributes.flatMap((attribute) => {
      const reference: Reference | undefined = attribute.kind === 'reference' ? attribute.reference : undefined
      const points =
        reference !== undefined && reference.place.kind !== 'reverse' && reference.to.includes(mapping.type.name)
      return points ? [{ from: from.type.name, reference }] : []
    }),
  )
}
