import type { AttributeRef } from '../scim/schema.ts'
import { leafOf } from '../scim/schema.ts'
import type { Template } from './catalog.ts'
import { mappingPath } from './mapping-path.ts'
import type { FilePath } from './load.ts'
import type { TypeScope } from './compile-scope.ts'

/** `{name.givenName} {name.familyName}`; `{{` and `}}` are literal braces. `within` lets a path leave its parent out. */
export function compileTemplate(scope: TypeScope, text: string, at: FilePath, within?: AttributeRef): Template {
  const out: Template[number][] = []
  let plain = ''
  const flush = () => {
    if (plain !== '') out.push({ kind: 'text', text: plain })
    plain = ''
  }
  for (const [token] of text.matchAll(/\{\{|\}\}|\{[^{}]*\}|[^{}]+|[{}]/gs)) {
    if (token === '{{' || token === '}}') plain += token[0]
    else if (token === '{' || token === '}')
      scope.report.error(at, 'a brace without its other half', 'write {{ for a literal brace')
    else if (!token.startsWith('{')) plain += token
    else {
      flush()
      const ref = resolve(scope, token.slice(1, -1).trim(), at, within)
      if (ref) out.push({ kind: 'path', ref })
    }
  }
  flush()
  return out
}

export const isTemplate = (text: string): boolean => /\{[^{}]+\}/.test(text.replaceAll('{{', ''))

function resolve(
  scope: TypeScope,
  text: string,
  at: FilePath,
  within: AttributeRef | undefined,
): AttributeRef | undefined {
  const inside = within === undefined ? undefined : mappingPath(`${within.name}.${text}`, scope.paths)
  const found = inside !== undefined && 'ref' in inside ? inside : mappingPath(text, scope.paths)
  if (!('ref' in found)) {
    scope.report.error(at, found.problem, found.hint)
    return undefined
  }
  if (leafOf(found.ref).type === 'complex' || leafOf(found.ref).mutability === 'writeOnly') {
    scope.report.error(at, `{${text}} cannot stand in a template`, 'name a sub-attribute with a readable value')
    return undefined
  }
  return found.ref
}
