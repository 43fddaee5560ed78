import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { JsonObject } from '../../src/base/json.ts'
import { enterprise } from './example.ts'

const mappings = resolve(import.meta.dirname, '../../mappings')

export type LdapMapping = 'openldap' | 'posix'

/** The shipped mappings read these; `memberOf` is empty where the server keeps none. */
export const environment = (suffix: string, memberOf: string) => ({
  LDAP_URL: 'ldap://localhost',
  LDAP_BASE_DN: suffix,
  LDAP_BIND_DN: `cn=scim,ou=services,${suffix}`,
  LDAP_BIND_PASSWORD: 'secret',
  LDAP_CA_FILE: '',
  LDAP_MEMBEROF: memberOf,
})

/** Numbered in the order of the file, so that an id is the same wherever the people are. */
const uuid = (kind: 'a' | 'b', number: number): string =>
  `${kind.repeat(8)}-0000-4000-8000-${String(number).padStart(12, '0')}`

interface Seeded {
  readonly id: string
  readonly name: string
  readonly text: string
}

function seededOf(mapping: LdapMapping): readonly Seeded[] {
  const counts = { a: 0, b: 0 }
  return readFileSync(join(mappings, `${mapping}.ldif`), 'utf8')
    .split(/\n{2,}/)
    .filter((text) => text.startsWith('dn: '))
    .map((text) => {
      const kind = /^dn: .*ou=people,/.test(text) ? 'a' : 'b'
      const id = uuid(kind, ++counts[kind])
      return { id, name: /^(?:uid|cn): (.*)$/m.exec(text)?.[1] ?? '', text: `${text.trimEnd()}\nentryUUID: ${id}` }
    })
}

const seeds = { openldap: seededOf('openldap'), posix: seededOf('posix') }

const counter = (name: string, object: string): string =>
  `dn: cn=${name}Next,ou=counters,dc=example,dc=com\nobjectClass: device\nobjectClass: extensibleObject\ncn: ${name}Next\n${object}`

/** The people and groups that a mapping is shipped with, below a suffix. Their ids need the Relax control to be set. */
export const seedOf = (mapping: LdapMapping, suffix: string): string =>
  [
    ...seeds[mapping].map(({ text }) => text),
    ...(mapping === 'posix' ? [counter('uid', 'uidNumber: 10100'), counter('gid', 'gidNumber: 10100')] : []),
  ]
    .join('\n\n')
    .replaceAll('dc=example,dc=com', suffix)

/** By uid or cn. */
export function idOf(name: string, mapping: LdapMapping = 'openldap'): string {
  const found = seeds[mapping].find((one) => one.name === name)
  if (found === undefined) throw new Error(`nobody is called ${name}`)
  return found.id
}

/** What stands in place of the versions of all that is assumed to be held. */
export const version = 'W/"20260102030405.000000Z%23000000%23000%23000000"'
const meta = { version }

const jonah: JsonObject = {
  userName: 'j.pell',
  name: { familyName: 'Pell, Jr.', givenName: 'Jonah' },
  displayName: 'Jonah Pell, Jr.',
  title: 'Night assistant',
  preferredLanguage: 'en',
  active: true,
  emails: [{ value: 'j.pell@observatory.example', type: 'work', primary: true }],
  phoneNumbers: [{ value: '+1 201 555 1049', type: 'work' }],
  [enterprise]: {
    employeeNumber: 'K1008',
    department: 'Operations',
    organization: 'Kestrel Ridge Observatory',
    manager: { value: idOf('laszlo.szabo') },
  },
  meta,
}

const archibald: JsonObject = {
  userName: 'old.hand',
  name: { familyName: 'Thorne', givenName: 'Archibald' },
  displayName: 'Archibald Thorne',
  title: 'Caretaker (retired)',
  preferredLanguage: 'en',
  active: false,
  emails: [{ value: 'old.hand@observatory.example', type: 'work', primary: true }],
  phoneNumbers: [{ value: '+1 201 555 1266', type: 'work' }],
  [enterprise]: {
    employeeNumber: 'K1039',
    department: 'Administration',
    organization: 'Kestrel Ridge Observatory',
    manager: { value: idOf('greta.v') },
  },
  meta,
}

const director: JsonObject = {
  userName: 'ines.halloran',
  name: { familyName: 'Halloran', givenName: 'Inés' },
  displayName: 'Inés Halloran',
  title: 'Director',
  preferredLanguage: 'en',
  active: true,
  emails: [{ value: 'ines.halloran@observatory.example', type: 'work', primary: true }],
  phoneNumbers: [
    { value: '+1 201 555 1000', type: 'work' },
    { value: '+1 201 555 5000', type: 'mobile' },
    { value: '+1 201 555 9000', type: 'fax' },
  ],
  [enterprise]: { employeeNumber: 'K1001', department: 'Direction', organization: 'Kestrel Ridge Trust' },
  meta,
}

/** What a change is about, as it is read just before it; live, the directory is asked whether that is so. */
export const priors: ReadonlyMap<string, JsonObject> = new Map<string, JsonObject>([
  [`/Users/${idOf('j.pell')}`, jonah],
  [`/Users/${idOf('old.hand')}`, archibald],
  [`/Users/${idOf('ines.halloran')}`, director],
  [`/Groups/${idOf('Night shift, dome B')}`, { displayName: 'Night shift, dome B', meta }],
  [`/Groups/${idOf('administrators')}`, { displayName: 'administrators', meta }],
  [`/Groups/${idOf('solar eclipse 2024')}`, { displayName: 'solar eclipse 2024', meta }],
])
