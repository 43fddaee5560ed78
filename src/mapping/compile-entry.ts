import type { AttributeMapping, EntrySource, Leaf, Template } from './catalog.ts'
import { attributeName, isDirectory } from './compile-native.ts'
import type { TypeScope } from './compile-scope.ts'
import { fieldPlace } from './compile-slot.ts'
import { compileTemplate } from './compile-template.ts'
import { isDn, isAtOrBelow } from './dn/containers.ts'
import type { EntryFile } from './file-entry.ts'
import { isKept, leavesOf } from './leaves.ts'
import type { FilePath } from './load.ts'

/**
 * The member of a group that must have one and has none. It stands below no suffix of any directory, so that it never
 * exists and is nobody's; Keycloak writes the same.
 */
const placeholder = 'cn=empty-membership-placeholder'

/** `entry:` of a resource type. `attributes` are what a name can be made of. */
export function compileEntry(
  scope: TypeScope,
  said: EntryFile | undefined,
  attributes: readonly AttributeMapping[],
): EntrySource | undefined {
  if (said === undefined || !isDirectory(scope)) return undefined
  const at = [...scope.at, 'entry']
  checkDn(scope, said.base, [...at, 'base'])
  if (said.filter !== undefined && !isFilter(said.filter))
    scope.report.error([...at, 'filter'], 'a filter stands in parentheses (RFC 4515)', '(objectClass=inetOrgPerson)')
  said.objectClasses.forEach((name, i) => attributeName(scope, name, [...at, 'objectClasses', i]))
  return {
    base: said.base,
    scope: said.scope ?? 'sub',
    filter: said.filter,
    objectClasses: said.objectClasses,
    rdn: compileRdn(scope, said.rdn, [...at, 'rdn'], attributes),
    emptyGroup: emptyGroup(scope, said.emptyGroup, [...at, 'emptyGroup']),
  }
}

function checkDn(scope: TypeScope, text: string, at: FilePath): void {
  if (!isDn(text)) scope.report.error(at, `"${text}" is no DN`, 'ou=people,dc=example,dc=com')
}

/** Parentheses in pairs; a literal one is escaped (RFC 4515 section 3). The backend reads the rest. */
function isFilter(text: string): boolean {
  let depth = 0
  for (const [i, letter] of [...text.trim()].entries()) {
    if (depth === 0 && i > 0) return false
    depth += letter === '(' ? 1 : letter === ')' ? -1 : 0
    if (i === 0 && depth !== 1) return false
  }
  return depth === 0 && text.trim() !== ''
}

function compileRdn(
  scope: TypeScope,
  text: string,
  at: FilePath,
  attributes: readonly AttributeMapping[],
): EntrySource['rdn'] {
  const equals = text.indexOf('=')
  if (equals < 0 || text.slice(0, equals).includes('{')) {
    scope.report.error(at, `"${text}" does not say which attribute names the entry`, 'uid={userName}')
    return { attribute: '', template: [] }
  }
  const attribute = fieldPlace(scope, text.slice(0, equals).trim(), at, false).field
  const value = text.slice(equals + 1)
  if (/[,+]\s*[A-Za-z][A-Za-z0-9-]*\s*=/.test(value))
    scope.report.error(at, 'one attribute names an entry', 'uid={userName}; base says what it lies below')
  const template = compileTemplate(scope, value, at)
  const refs = template.flatMap((part) => (part.kind === 'path' ? [part.ref] : []))
  const leaves = attributes.flatMap(leavesOf)
  if (!/\{[^{}]+\}/.test(value)) scope.report.error(at, 'every entry would have one name', 'uid={userName}')
  for (const ref of refs)
    if (!leaves.some((leaf) => leaf.ref.name === ref.name && isKept(leaf)))
      scope.report.error(at, `{${ref.name}} is not kept in a slot of its own`, 'name what it is made of')
  for (const leaf of leaves)
    if (leaf.access !== 'readOnly' && writes(leaf, attribute) && !isJust(template, leaf))
      scope.report.error(
        at,
        `${attribute} names the entry, so ${leaf.ref.name} cannot write it`,
        `${attribute}={${leaf.ref.name}}, or access: readOnly there`,
      )
  return { attribute, template }
}

const isJust = (template: Template, { ref }: Leaf): boolean =>
  template.length === 1 && template.every((part) => part.kind === 'path' && part.ref.name === ref.name)

const writes = ({ carrier }: Leaf, attribute: string): boolean =>
  'slot' in carrier &&
  carrier.slot.at.kind === 'field' &&
  carrier.slot.at.field.toLowerCase() === attribute.toLowerCase()

function emptyGroup(scope: TypeScope, said: EntryFile['emptyGroup'], at: FilePath): EntrySource['emptyGroup'] {
  if (said === undefined || said === 'refuse') return { kind: 'refuse' }
  if (said === 'placeholder') return { kind: 'placeholder', dn: placeholder }
  const path = [...at, 'placeholder']
  checkDn(scope, said.placeholder, path)
  for (const [name, { entry }] of Object.entries(scope.file.resources))
    if (entry !== undefined && isAtOrBelow(said.placeholder, entry.base))
      scope.report.error(
        path,
        `a ${name} may have this DN one day`,
        'emptyGroup: placeholder, or a DN outside of every base',
      )
  return { kind: 'placeholder', dn: said.placeholder }
}
