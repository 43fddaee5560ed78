import type { Client } from '../../wire/client.ts'
import { where } from '../../wire/people.ts'
import type { DirectoryClient, Found } from '../../servers/directory-client.ts'

/** A person as the mapping of `place.yaml` sees one, with more attributes when they are given. */
export const personLdif = (name: string, more = ''): string =>
  `dn: uid=${name},ou=people,SUFFIX
objectClass: inetOrgPerson
uid: ${name}
cn: ${name}
sn: ${name}
${more}
`

/** A group of these DNs. */
export const groupLdif = (name: string, members: readonly string[]): string =>
  `dn: cn=${name},ou=groups,SUFFIX
objectClass: groupOfNames
cn: ${name}
${members.map((member) => `member: ${member}`).join('\n')}
`

export const numbered = (count: number, from = 1): readonly string[] =>
  Array.from({ length: count }, (_, i) => `p${from + i}`)

export const dnOf = (name: string): string => `uid=${name},ou=people,SUFFIX`

/** Everything that the directory holds of an entry, its own stamps included. */
export async function whole(directory: DirectoryClient, dn: string): Promise<Found> {
  const found = await directory.read(dn, ['*', '+'])
  if (found === undefined) throw new Error(`there is no ${dn}`)
  return found
}

/** Everything below a suffix, its own stamps included: what nobody has changed is the same before and after. */
export async function everything(directory: DirectoryClient, suffix: string): Promise<readonly Found[]> {
  const all = await directory.search(suffix, { attributes: ['*', '+'] })
  return all.toSorted((a, b) => (a.dn < b.dn ? -1 : 1))
}

/** The members of a group as they stand there, in no particular order. */
export async function membersAt(directory: DirectoryClient, dn: string): Promise<readonly string[]> {
  const found = await directory.read(dn, ['member'])
  return [...(found?.values['member'] ?? [])].sort()
}

/** The id that a client finds for a name. */
export async function idOf(client: Client, type: 'Users' | 'Groups', name: string): Promise<string> {
  const attribute = type === 'Users' ? 'userName' : 'displayName'
  const { body } = await client.get(`/${type}${where(`${attribute} eq "${name}"`)}&attributes=id`)
  const [found] = body['Resources'] as readonly { readonly id: string }[]
  if (found === undefined) throw new Error(`nobody finds ${name}`)
  return found.id
}
