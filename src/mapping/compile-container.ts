import type { Attribute } from '../scim/schema.ts'
import type { Carrier } from './catalog.ts'
import { values } from './codecs/values.ts'
import { isBridgeError } from '../base/errors.ts'
import { isDirectory } from './compile-native.ts'
import type { TypeScope } from './compile-scope.ts'
import { isDn, isAtOrBelow } from './dn/containers.ts'
import type { LeafFile } from './file-attribute.ts'
import type { FilePath } from './load.ts'

/** `container: { "ou=people,…": true, "ou=leavers,…": false }`: what it means where an entry lies. */
export function compileContainer(
  scope: TypeScope,
  said: NonNullable<LeafFile['container']>,
  leaf: LeafFile,
  at: FilePath,
  target: Attribute,
): Carrier | undefined {
  const path = [...at, 'container']
  const { report, file } = scope
  for (const word of ['codec', 'many', 'is', 'isNot', 'bit'] as const)
    if (leaf[word] !== undefined)
      report.error([...at, word], `a container says itself what it means`, `leave ${word} out`)
  if (file.backend.kind === 'sql') report.error(path, 'a container belongs to a directory', 'slot: column')
  const dns = Object.keys(said)
  checkPlaces(scope, dns, path)
  const [first] = dns
  if (first === undefined) {
    report.error(path, 'no container is listed', '"ou=people,dc=example,dc=com": true')
    return undefined
  }
  const words = Object.entries(said).flatMap(([dn, value]) => (value === null ? [] : [[dn, value] as const]))
  // an entry goes to the first of several containers that mean the same
  const write = words.toReversed().map(([dn, value]) => [String(value), () => dn] as const)
  try {
    const codec = { ...values({ words, write }, target), name: 'container', none: first }
    return { kind: 'slot', slot: { key: 'container', many: false, at: { kind: 'container', dns } }, codec }
  } catch (error) {
    if (!isBridgeError(error)) throw error
    report.error(path, error.detail)
    return undefined
  }
}

function checkPlaces(scope: TypeScope, dns: readonly string[], path: FilePath): void {
  const entry = isDirectory(scope) ? scope.file.resources[scope.typeName]?.entry : undefined
  if (entry?.scope === 'one')
    scope.report.error(path, 'with scope: one every entry lies in the base itself', 'entry: { scope: sub }')
  dns.forEach((dn, i) => {
    const at = [...path, dn]
    if (!isDn(dn)) scope.report.error(at, `"${dn}" is no DN`, 'ou=people,dc=example,dc=com')
    else if (entry !== undefined && !isAtOrBelow(dn, entry.base))
      scope.report.error(
        at,
        `${dn} lies outside of the base, where no ${scope.typeName} is seen`,
        `below ${entry.base}`,
      )
    const twin = dns.slice(0, i).find((other) => isAtOrBelow(dn, other) && isAtOrBelow(other, dn))
    if (twin !== undefined) scope.report.error(at, `${dn} and ${twin} are one container`)
  })
  const others = scope.file.resources[scope.typeName]?.attributes ?? {}
  const listing = Object.entries(others).filter(([, one]) => typeof one === 'object' && one.container !== undefined)
  if (listing.length > 1 && path.includes(listing.at(-1)?.[0] ?? ''))
    scope.report.error(path, `${listing[0]?.[0] ?? ''} says already where an entry lies`, 'one attribute of a type')
}
