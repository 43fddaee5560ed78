import { BridgeError, isBridgeError, never } from '../base/errors.ts'
import { resolveAmong, resolveFilter } from '../scim/filter-resolve.ts'
import { parseFilter } from '../scim/filter-parse.ts'
import type { ScimFilter } from '../scim/filter.ts'
import { parseAttributePath } from '../scim/path-parse.ts'
import { findPath } from '../scim/path-resolve.ts'
import type { AttributeRef, ResourceType } from '../scim/schema.ts'
import type { Application } from './application.ts'
import { typeNamed } from './application.ts'

/**
 * A filter in a URL ends up in the logs of proxies and browsers. Where it compares what the operator calls sensitive,
 * it is refused and has to come in a body (RFC 7644 section 7.5.2). Without `type` it is asked of every type.
 */
export function refuseSensitive(app: Application, filter: string | undefined, type: string | undefined): void {
  if (filter === undefined || app.sensitive.length === 0) return
  const { quirks, types } = app.catalog
  const parsed = parseFilter(filter, { bareValues: quirks.has('bareFilterValue') })
  const one = type === undefined ? undefined : typeNamed(app, type).type
  for (const asked of one ? [one] : types.map((mapping) => mapping.type)) {
    const resolved = one ? resolveFilter(parsed, asked, quirks) : resolveAmong(parsed, asked, quirks)
    const names = sensitiveIn(asked, app.sensitive)
    const named = comparedIn(resolved).find((ref) => names.some((name) => isWithin(ref, name)))
    if (named === undefined) continue
    throw new BridgeError(
      'sensitive',
      `a filter on "${named.name}" may not stand in a URL: send it in the body of a POST to ${one?.endpoint ?? ''}/.search`,
    )
  }
}

const isWithin = ({ name }: AttributeRef, sensitive: string): boolean =>
  name === sensitive || name.startsWith(`${sensitive}.`)

/** Canonical names of what is sensitive in a type. */
const sensitiveIn = (type: ResourceType, sensitive: readonly string[]): readonly string[] =>
  sensitive.flatMap((text) => findPath(parseAttributePath(text), type)?.name ?? [])

/** The attributes whose values a filter tells. */
function comparedIn(filter: ScimFilter): readonly AttributeRef[] {
  switch (filter.kind) {
    case 'true':
    case 'false':
    case 'present':
      return []
    case 'and':
    case 'or':
      return filter.of.flatMap(comparedIn)
    case 'not':
      return comparedIn(filter.of)
    case 'compare':
      return [filter.attr]
    case 'some':
      return comparedIn(filter.where)
    default:
      return never(filter)
  }
}

/** Names that no resource type has: whoever lists them believes that they are guarded. Throws BridgeError. */
export function checkSensitive(types: readonly ResourceType[], sensitive: readonly string[]): void {
  const strange = sensitive.filter((text) => {
    try {
      return !types.some((type) => sensitiveIn(type, [text]).length > 0)
    } catch (error) {
      if (isBridgeError(error)) return true
      throw error
    }
  })
  if (strange.length === 0) return
  const lines = strange.map((text) => `sensitiveFilters: no application has an attribute "${text}"`)
  throw new BridgeError('invalidConfiguration', lines.join('\n'))
}
