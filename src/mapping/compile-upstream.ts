import { protocolEndpoints } from './check-types.ts'
import type { CompileScope } from './compile-scope.ts'
import type { UpstreamResourceFile } from './file.ts'
import type { FilePath } from './load.ts'
import type { Report } from './problem.ts'
import { schemaBy, suggestSchema } from './schema-table.ts'
import { compileUpstream } from './upstream.ts'
import type { UpstreamType } from './upstream.ts'

/** A resource type that another SCIM service serves: where it is, and what may be said of its schema. */
export function compileUpstreamType(
  { schemas, report }: CompileScope,
  name: string,
  said: UpstreamResourceFile,
): UpstreamType {
  const at: FilePath = ['resources', name]
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) report.error(at, `"${name}" is no name for a resource type`)
  const upstream = compileUpstream(said.upstream, [...at, 'upstream'], report)
  if (new URL(upstream.url).pathname === '/')
    report.error([...at, 'upstream', 'url'], 'the url names no endpoint', 'such as https://scim.example.com/v2/Devices')
  const schemaOf = (text: string, path: FilePath) => {
    const schema = schemaBy(schemas, text)
    if (schema === undefined) report.error(path, `no schema "${text}"`, suggestSchema(schemas, text))
    return schema
  }
  const schema = said.schema === undefined ? undefined : schemaOf(said.schema, [...at, 'schema'])
  if (said.schema === undefined && said.extensions !== undefined)
    report.error(
      [...at, 'extensions'],
      'extensions are declared together with the schema',
      'schema: a short name or URN',
    )
  const extensions = (said.extensions ?? []).flatMap((text, i) => {
    const found = schemaOf(text, [...at, 'extensions', i])
    return found === undefined ? [] : [{ schema: found, required: false }]
  })
  return {
    name,
    endpoint: `/${(said.endpoint ?? `${name}s`).replace(/^\//, '')}`,
    description: said.description,
    upstream,
    declared: schema === undefined ? undefined : { schema, extensions },
  }
}

/** Each endpoint belongs to one type, and none to those of RFC 7644 section 3.2. */
export function checkEndpoints(
  upstreams: readonly UpstreamType[],
  mapped: readonly { readonly name: string; readonly endpoint: string }[],
  report: Report,
): void {
  const folded = (endpoint: string): string => endpoint.toLowerCase()
  upstreams.forEach(({ name, endpoint }, i) => {
    const other = [...mapped, ...upstreams.slice(0, i)].find((one) => folded(one.endpoint) === folded(endpoint))
    if (other !== undefined)
      report.error(['resources', name], `${name} and ${other.name} have one endpoint, ${endpoint}`)
    if (reserved.has(folded(endpoint)))
      report.error(['resources', name], `the endpoint ${endpoint} is no resource type's (RFC 7644 section 3.2)`)
  })
}

const reserved = new Set([...protocolEndpoints, '/v2'].map((endpoint) => endpoint.toLowerCase()))
