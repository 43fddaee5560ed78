import type { CompileScope } from './compile-scope.ts'
import { isDirectory } from './compile-native.ts'
import type { ResourceFile } from './file.ts'
import type { FilePath } from './load.ts'

/** Words that speak of tables, and what a directory has instead. */
const ofTables: Readonly<Record<string, string>> = {
  rows: 'an element with an attribute of its own: emails[type eq "work"].value: mail',
  lookup: 'codec: { values: … }, or a resource type of its own and a reference to it',
  keyValue: 'slot: an attribute',
  list: 'an attribute holds several values by itself: many: true',
  through: 'slot: the attribute that holds the DNs of the targets',
  from: 'slot: the attribute that holds the DNs of the targets',
  to: 'slot: the attribute that holds the DNs of the targets',
  where: 'the filter of the entry',
  foreignKey: 'slot on the side that is stored, reverse on the other',
}

/** What belongs to a database in a file of a directory, and the other way round. */
export function checkDirectory(scope: CompileScope, name: string, said: ResourceFile): void {
  const at: FilePath = ['resources', name]
  const { report, file } = scope
  if (!isDirectory(scope)) {
    if (said.table === undefined && file.backend.kind === 'sql')
      report.error(at, `nothing says in which table a ${name} is kept`, 'table: { name: …, key: … }')
    if (said.entry !== undefined)
      report.error([...at, 'entry'], 'entry belongs to a directory (backend: { kind: ldap })')
    return
  }
  if (said.entry === undefined)
    report.error(
      at,
      `nothing says where the entries of a ${name} are`,
      'entry: { base: "ou=people,…", objectClasses: [inetOrgPerson], rdn: "uid={userName}" }',
    )
  if (said.table !== undefined) report.error([...at, 'table'], 'a table belongs to a database', 'entry: { base: … }')
  for (const [path, value] of Object.entries(said.attributes)) {
    if (typeof value !== 'object') continue
    for (const [word, hint] of Object.entries(ofTables))
      if (Object.hasOwn(value, word))
        report.error([...at, 'attributes', path, word], `${word} belongs to a database`, hint)
  }
}

/** Tables have a prefix and a tenant's columns; entries have a base. */
export function checkBackend(scope: CompileScope): void {
  if (!isDirectory(scope)) return
  for (const word of ['prefix', 'tenant'] as const)
    if (scope.file.backend[word] !== undefined)
      scope.report.error(['backend', word], `${word} belongs to a database`, 'the base and the filter of each entry')
}
