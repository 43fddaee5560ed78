import { add, drop, enterprise, makers, replace } from './example.ts'
import type { Example } from './example.ts'
import { idOf, version } from './ldap-people.ts'
import type { LdapMapping } from './ldap-people.ts'

/** A request to a directory, and what the client is told; a directory that runs is held to both. */
export interface LdapExample extends Example<LdapMapping> {
  readonly answer: string
  readonly headers?: { readonly 'If-Match': string }
}

const ldap = makers('openldap')
const posix = makers('posix')
const told = (answer: string, example: Example<LdapMapping>): LdapExample => ({ ...example, answer })
const ifMatch = (tag: string, example: LdapExample): LdapExample => ({ ...example, headers: { 'If-Match': tag } })
const departing = (departs: string, example: LdapExample): LdapExample => ({ ...example, departs })
/** Somebody may be named in several ways. */
const named = (example: LdapExample): LdapExample =>
  departing('explain says every way in which somebody may be named; the first that finds one ends it', example)

const jonah = `/Users/${idOf('j.pell')}`
const archibald = `/Users/${idOf('old.hand')}`
const director = `/Users/${idOf('ines.halloran')}`
const shift = `/Groups/${idOf('Night shift, dome B')}`
const admins = `/Groups/${idOf('administrators')}`
const eclipse = `/Groups/${idOf('solar eclipse 2024')}`
const nobody = 'aaaaaaaa-0000-4000-8000-00000000dead'
const member = (name: string) => ({ value: idOf(name) })
const manager = `${enterprise}:manager`

/** Little is shown, so that the condition is what one reads. */
const users = (filter: string): string => `/Users?filter=${filter}&attributes=userName`
const found = (total: number, filter: string): LdapExample =>
  told(`200, totalResults ${total}`, ldap.get(filter, users(filter)))

export const ldapThemes = {
  'ldap-lookups': {
    theme: 'A directory: looking up one resource',
    examples: [
      told('200', ldap.get('a user by id', jonah)),
      told('200', ldap.get('a user by id, one attribute', `${jonah}?attributes=userName`)),
      told(`notFound: There is no User with the id '${nobody}'`, ldap.get('an id that nobody has', `/Users/${nobody}`)),
      told("notFound: There is no User with the id '1003'", ldap.get('an id that no entry can have', '/Users/1003')),
      told('200', ldap.get('a group by id', shift)),
      told('200', ldap.get('a group without its members: they are not read', `${shift}?excludedAttributes=members`)),
      told('200, totalResults 1', ldap.get('by userName, in any case', '/Users?filter=userName eq "J.PELL"')),
      told('200, totalResults 0', ldap.get('by userName, a miss', '/Users?filter=userName eq "nobody"')),
      told(
        '200, totalResults 1',
        ldap.get('by externalId, which the side store holds', users('externalId eq "hr-32"')),
      ),
      told('200, totalResults 1', ldap.get('by id in a filter', users(`id eq "${idOf('j.pell')}"`))),
      told('200, totalResults 1', ldap.get('by e-mail', users('emails.value eq "J.Pell@Observatory.example"'))),
      told(
        '200, totalResults 1',
        ldap.get('a group by name', '/Groups?filter=displayName eq "ASTRONOMERS"&excludedAttributes=members'),
      ),
      told(
        '200, totalResults 1',
        ldap.search('with .search', '/Users', { filter: 'userName eq "cher"', attributes: ['title', 'manager'] }),
      ),
    ],
  },
  'ldap-filters': {
    theme: 'A directory: filters, what the server decides and what is left to the bridge',
    examples: [
      found(38, 'title ne "Director" and title ne "Intern"'),
      found(1, 'name.familyName co "qvist"'),
      found(1, 'name.familyName sw "o\'d"'),
      found(39, 'emails.value ew "@OBSERVATORY.example"'),
      found(40, 'title pr'),
      found(0, 'not (title pr)'),
      found(0, 'title eq null'),
      found(6, 'userName gt "t" and userName le "zz"'),
      found(2, 'active eq false'),
      found(38, 'active eq true'),
      found(40, 'meta.created ge "2024-01-01T00:00:00Z" and meta.created lt "2100-01-01T00:00:00+01:00"'),
      found(0, 'meta.lastModified gt "2100-01-01T00:00:00Z"'),
      found(4, `${enterprise}:department eq "optics" and not (title sw "Head")`),
      found(1, '(title sw "Head" or title co "director") and name.givenName eq "Inés"'),
      found(1, 'userName eq "smith, k"'),
      found(0, 'userName eq "*)(uid=*"'),
      found(1, 'title co "(retired)" or title co "back\\\\slash*"'),
      found(0, 'userName eq "nul\\u0000byte"'),
      found(1, 'name.familyName eq "田中"'),
      found(4, `${manager}.value eq "${idOf('bjorn.aas')}"`),
      found(0, `${manager}.value eq "uid=bjorn.aas,ou=people,dc=example,dc=com"`),
      found(1, `not (${manager} pr)`),
      found(4, `groups.value eq "${idOf('Night shift, dome B')}"`),
      found(1, 'emails[type eq "work" and value co "pell"]'),
      found(5, 'phoneNumbers[type eq "fax" and value sw "+1"]'),
      found(4, 'phoneNumbers.value co "555 50"'),
      found(0, 'emails[type eq "home"]'),
      found(0, 'id eq "(uid=*)" or id eq "1003"'),
      found(40, `id ne "${nobody}"`),
      told(
        '200, totalResults 1',
        ldap.get('groups of a member', `/Groups?filter=members.value eq "${idOf('j.pell')}"&attributes=displayName`),
      ),
      told(
        '200, totalResults 1',
        ldap.get('groups with a letter beyond ASCII', '/Groups?filter=displayName sw "天文"&attributes=displayName'),
      ),
      told('invalidFilter: unknown attribute "nickName" of User', ldap.get('nickName', users('nickName eq "x"'))),
      told(
        'invalidFilter: attribute "password" cannot be filtered by: its values are never shown',
        ldap.get('password', users('password eq "x"')),
      ),
    ],
  },
  'ldap-lists': {
    theme: 'A directory: lists',
    examples: [
      told('200, totalResults 40', ldap.get('everybody', '/Users')),
      told('200, totalResults 40', ldap.get('a page', '/Users?startIndex=11&count=5&attributes=userName')),
      told('200, totalResults 40', ldap.get('a page far behind', '/Users?startIndex=501&count=50&attributes=userName')),
      told('200, totalResults 40', ldap.get('the total only', '/Users?count=0')),
      told('200, totalResults 40', ldap.get('sorted', '/Users?sortBy=name.familyName&count=3&attributes=userName')),
      told(
        '200, totalResults 40',
        ldap.get('sorted by time, descending', '/Users?sortBy=meta.created&sortOrder=descending&count=3&attributes=id'),
      ),
      told('200, totalResults 40', ldap.get('the first page by cursor', '/Users?cursor=&count=5&attributes=userName')),
      told('200, totalResults 6', ldap.get('groups with their members', '/Groups')),
      told('200, totalResults 6', ldap.get('groups without', '/Groups?excludedAttributes=members')),
    ],
  },
  'ldap-create': {
    theme: 'A directory: creating',
    examples: [
      told('201', ldap.post('the least', 'User', { userName: 'ada' })),
      named(
        told(
          '201',
          ldap.post('all that the directory has a place for', 'User', {
            userName: 'ada, "the" #1+2',
            externalId: '00u1',
            name: { givenName: 'Ada', familyName: "O'Lovelace" },
            displayName: 'Ada (*\\)',
            title: 'Analyst',
            active: false,
            password: 'correct horse',
            emails: [{ value: 'ada@example.com', type: 'work', primary: true }],
            phoneNumbers: [{ value: '+44 20 555', type: 'work' }],
            [enterprise]: { department: 'Sales', employeeNumber: 'P1', manager: member('ines.halloran') },
          }),
        ),
      ),
      told(
        'conflict: another User has this userName already',
        ldap.post('a userName that is taken, in another case', 'User', { userName: 'J.PELL' }),
      ),
      told(
        `invalidValue: ${manager}: there is no User with the id or userName or emails.value or externalId "${nobody}"`,
        ldap.post('a manager who does not exist', 'User', {
          userName: 'ada',
          [enterprise]: { manager: { value: nobody } },
        }),
      ),
      told(
        '201',
        ldap.post('a group with a person and a group in it', 'Group', {
          displayName: 'Choir',
          members: [member('j.pell'), member('astronomers')],
        }),
      ),
      told('201', ldap.post('a group without members: the class demands one', 'Group', { displayName: 'Choir' })),
      told(
        'conflict: another Group has this displayName already',
        ldap.post('a group of the same name', 'Group', { displayName: 'Astronomers' }),
      ),
    ],
  },
  'ldap-change': {
    theme: 'A directory: changing people',
    examples: [
      told('200', ldap.patch('one attribute', jonah, replace('title', 'Night watch'))),
      told('200', ldap.patch('what is held already: nothing is written', jonah, replace('title', 'Night assistant'))),
      told('200', ldap.patch('an attribute cleared', jonah, drop('title'))),
      told('200', ldap.patch('one that the class demands: its default', jonah, drop('name.familyName'))),
      told('200', ldap.patch('suspended', jonah, replace('active', false))),
      told('200', ldap.patch('suspended, who is: nothing is written', archibald, replace('active', false))),
      told('200', ldap.patch('active again', archibald, replace('active', true))),
      told('200', ldap.patch('a password', jonah, replace('password', 'battery staple'))),
      told('200', ldap.patch('the side store', jonah, replace('externalId', 'hr-0815'))),
      named(told('200', ldap.patch('a manager for somebody without', director, add(manager, member('greta.v'))))),
      named(told('200', ldap.patch('another manager', jonah, replace(manager, member('greta.v'))))),
      named(told('200', ldap.patch('another manager by the login', jonah, replace(manager, 'Greta.V')))),
      told(
        '200',
        ldap.patch('another manager by an address', jonah, replace(manager, { value: 'greta.v@observatory.example' })),
      ),
      named(told('200', ldap.patch('the same manager by the login', jonah, replace(manager, 'laszlo.szabo')))),
      told('200', ldap.patch('the same manager by the id', jonah, replace(manager, member('laszlo.szabo')))),
      told('200', ldap.patch('another manager by the externalId', jonah, replace(manager, 'hr-32'))),
      told('200', ldap.patch('no manager', jonah, drop(manager))),
      told(
        '200',
        ldap.patch('several at once: one modify', jonah, {
          op: 'replace',
          value: { title: 'X', 'name.givenName': 'Jon', phoneNumbers: [{ type: 'mobile', value: '+1 201 555 1' }] },
        }),
      ),
      told('200', ldap.patch('another name: the entry is renamed', jonah, replace('userName', 'jonah, "j"'))),
      told('200', ldap.patch('another case of the name', jonah, replace('userName', 'J.Pell'))),
      told(
        'conflict: another User has this userName already',
        ldap.patch('a name that is taken', jonah, replace('userName', 'Cher')),
      ),
      ifMatch(version, told('200', ldap.patch('with If-Match', jonah, replace('title', 'Night watch')))),
      ifMatch(
        'W/"stale"',
        told(
          'preconditionFailed: The resource has changed: its version is not among those of If-Match',
          ldap.patch('with If-Match that is stale', jonah, replace('title', 'Night watch')),
        ),
      ),
      told(
        '200',
        ldap.put('PUT: what is left out goes, save active and the password', 'User', idOf('j.pell'), {
          userName: 'j.pell',
          name: { familyName: 'Pell', givenName: 'Jonah' },
          displayName: 'Jonah Pell',
          emails: [{ value: 'j.pell@observatory.example', type: 'work', primary: true }],
        }),
      ),
    ],
  },
  'ldap-members': {
    theme: 'A directory: changing groups',
    examples: [
      told('204', ldap.patch('a member added', shift, add('members', [member('cher')]))),
      told(
        '204',
        ldap.patch('members of two types added', shift, add('members', [member('cher'), member('astronomers')])),
      ),
      told('204', ldap.patch('a member removed', shift, drop(`members[value eq "${idOf('j.pell')}"]`))),
      told(
        '204',
        ldap.patch('members removed as some clients say it', shift, {
          op: 'remove',
          path: 'members',
          value: [member('j.pell'), member('hana.dvorak')],
        }),
      ),
      told(
        '204',
        ldap.patch('members come and go', shift, add('members', [member('cher')]), {
          op: 'remove',
          path: 'members',
          value: [member('j.pell')],
        }),
      ),
      told('204', ldap.patch('members replaced', shift, replace('members', [member('cher'), member('j.pell')]))),
      told('204', ldap.patch('all members removed', shift, drop('members'))),
      departing(
        'somebody stays whom no client sees, and nobody has to take the place of a member',
        told('204', ldap.patch('all removed but who is no resource here', admins, drop('members'))),
      ),
      told('204', ldap.patch('a first member', eclipse, add('members', [member('cher')]))),
      told(
        `invalidValue: members: there is no User or Group with the id "${nobody}"`,
        ldap.patch('a member who does not exist', shift, add('members', [{ value: nobody }])),
      ),
      told('204', ldap.patch('another name: the entry is renamed', shift, replace('displayName', 'Nachtschicht'))),
      told(
        '200',
        ldap.put('PUT', 'Group', idOf('Night shift, dome B'), {
          displayName: 'Night shift, dome B',
          members: [member('j.pell'), member('cher')],
        }),
      ),
      departing(
        'the server says that the member is in already, and is asked which of them is',
        told('204', ldap.patch('a member who is in', shift, add('members', [member('j.pell'), member('cher')]))),
      ),
    ],
  },
  'ldap-delete': {
    theme: 'A directory: deleting',
    examples: [
      told('204', ldap.remove('a user', jonah)),
      told('204', ldap.remove('a user who is the manager of others', `/Users/${idOf('laszlo.szabo')}`)),
      told('204', ldap.remove('a group', shift)),
      told('missing: there is no such User', ldap.remove('nobody', `/Users/${nobody}`)),
      ifMatch(version, told('204', ldap.remove('with If-Match', jonah))),
    ],
  },
  'ldap-posix': {
    theme: 'A directory of Unix logins: members by name, numbers by counters',
    examples: [
      told('200', posix.get('a user by id', `/Users/${idOf('j.pell', 'posix')}`)),
      told('200', posix.get('a group by id', `/Groups/${idOf('operators', 'posix')}`)),
      told(
        '200, totalResults 1',
        posix.get('by userName', '/Users?filter=userName eq "j.pell"&attributes=userName,groups'),
      ),
      told('201', posix.post('a user', 'User', { userName: 'ada', name: { givenName: 'Äda', familyName: 'L' } })),
      told(
        '201',
        posix.post('a group', 'Group', { displayName: 'choir', members: [{ value: idOf('j.pell', 'posix') }] }),
      ),
      told(
        '204',
        posix.patch(
          'a member added',
          `/Groups/${idOf('operators', 'posix')}`,
          add('members', [{ value: idOf('cher', 'posix') }]),
        ),
      ),
      told('204', posix.remove('a user', `/Users/${idOf('j.pell', 'posix')}`)),
    ],
  },
} as const satisfies Readonly<Record<string, { readonly theme: string; readonly examples: readonly LdapExample[] }>>
