import { add, conformance, demo, departing, drop, enterprise, replace } from './example.ts'

const [amara, bjorn, chiara] = [1, 2, 3].map((i) => `aaaaaaaa-0000-4000-8000-00000000000${i}`)
const [engineering, everyone] = [1, 2].map((i) => `bbbbbbbb-0000-4000-8000-00000000000${i}`)
const nobody = 'aaaaaaaa-0000-4000-8000-00000000dead'
const boss = `${enterprise}:manager`
const member = (id: string | undefined) => ({ value: id ?? '' })

/** User 1013 as a client that knows little would send it back. */
const icaro = {
  userName: 'ialcantara',
  name: { familyName: 'Alcântara', givenName: 'Ícaro' },
  title: 'Head of Logistics',
}

/** The statements behind the one that finds somebody are not sent. */
const everyWay =
  'explain says every way in which somebody may be named; the first that finds one is the last that is asked'

export const writes = {
  create: {
    theme: 'Creating',
    examples: [
      demo.post('the least', 'User', { userName: 'ada' }),
      demo.post('all that the application has a place for', 'User', {
        userName: 'ada',
        externalId: '00u1',
        name: { givenName: 'Ada', familyName: "O'Lovelace" },
        title: 'Analyst',
        userType: 'Contractor',
        active: false,
        emails: [{ value: 'ada@example.com', type: 'work', primary: true }, { value: 'ada@example.org' }],
        phoneNumbers: [{ value: '+44 20 555', type: 'work' }],
        addresses: [{ type: 'work', locality: 'London', country: 'GB' }],
        [enterprise]: { department: 'Sales', employeeNumber: 'P1', manager: { value: '1003' } },
      }),
      demo.post('a department that does not exist', 'User', {
        userName: 'ada',
        [enterprise]: { department: 'Poetry' },
      }),
      demo.post('a manager who does not exist', 'User', {
        userName: 'ada',
        [enterprise]: { manager: { value: '9999' } },
      }),
      demo.post('a group with members', 'Group', {
        displayName: 'Choir',
        externalId: 'g1',
        members: [member('1003'), member('1013')],
      }),
      departing(
        everyWay,
        conformance.post('a person with a password and child rows', 'User', {
          userName: 'ada',
          name: { givenName: 'Ada' },
          password: 'correct horse',
          active: true,
          emails: [
            { value: 'ada@example.com', type: 'work', primary: true },
            { value: 'ada@example.org', type: 'home' },
          ],
          roles: [{ value: 'reader' }],
          [enterprise]: { manager: member(amara) },
        }),
      ),
      departing(
        'explain takes it that everybody who is named exists',
        conformance.post('a manager who does not exist is kept aside', 'User', {
          userName: 'ada',
          [enterprise]: { manager: member(nobody) },
        }),
      ),
      departing(
        'explain takes every id for one of the first type',
        conformance.post('a group with a user and a group in it', 'Group', {
          displayName: 'Choir',
          members: [member(chiara), member(engineering)],
        }),
      ),
    ],
  },
  replace: {
    theme: 'Replacing with PUT',
    examples: [
      demo.put('what a client knows; what it leaves out goes, save active and externalId', 'User', '1013', icaro),
      demo.put('nothing but another title', 'User', '1012', {
        userName: 'rraghunatha',
        name: { familyName: 'Raghunathan', givenName: 'Rohan' },
        title: 'Chief Information Officer',
        userType: 'Employee',
        active: true,
        emails: [{ value: 'rohan.raghunathan@meridian.example', type: 'work', primary: true }],
        [enterprise]: { employeeNumber: 'P06084', department: 'Information Technology', manager: { value: '1001' } },
      }),
      demo.put('other members: those outside our sight stay', 'Group', 'role-12', {
        displayName: 'First Aiders',
        members: [member('1003'), member('1013')],
      }),
      conformance.put('a person of the wide schema', 'User', bjorn ?? '', {
        userName: 'bjorn',
        name: { familyName: 'Lindqvist', givenName: 'Björn' },
        emails: [
          { value: 'bjorn@example.com', type: 'work', primary: true },
          { value: 'b@example.net', type: 'other' },
        ],
      }),
      conformance.put('a group', 'Group', everyone ?? '', {
        displayName: 'All of us',
        members: [member(amara), member(bjorn)],
      }),
    ],
  },
  patch: {
    theme: 'Changing with PATCH',
    examples: [
      demo.patch('one column', '/Users/1013', replace('title', 'Chief Logistician')),
      demo.patch(
        'a column that holds that already: nothing is written',
        '/Users/1013',
        replace('title', 'Head of Logistics'),
      ),
      demo.patch('a column cleared', '/Users/1013', drop('title')),
      demo.patch('without a path', '/Users/1013', { op: 'replace', value: { title: 'X', 'name.givenName': 'Icarus' } }),
      demo.patch('suspended', '/Users/1013', replace('active', false)),
      demo.patch('active again for a founder, who is: the letter stays', '/Users/1001', replace('active', true)),
      demo.patch('letters that mean words', '/Users/1013', replace('userType', 'Temporary')),
      demo.patch('the second table', '/Users/1013', replace('preferredLanguage', 'en')),
      demo.patch('the second table, where the row is missing', '/Users/1012', add('preferredLanguage', 'en')),
      demo.patch(
        'typed columns',
        '/Users/1013',
        replace('phoneNumbers[type eq "mobile"].value', '+55 1'),
        drop('phoneNumbers[type eq "fax"]'),
      ),
      demo.patch(
        'one element over several columns',
        '/Users/1013',
        add('addresses', [
          { type: 'work', streetAddress: 'Rua 1', postalCode: '4050', locality: 'São Paulo', country: 'BR' },
        ]),
      ),
      demo.patch('a lookup', '/Users/1013', replace(`${enterprise}:department`, 'Sales')),
      demo.patch('a lookup of what does not exist', '/Users/1013', replace(`${enterprise}:department`, 'Poetry')),
      demo.patch('the side store', '/Users/1013', replace('externalId', 'hr-0815')),
      demo.patch('the manager', '/Users/1013', replace(`${enterprise}:manager`, { value: '1003' })),
      demo.patch('the manager taken away', '/Users/1013', drop(`${enterprise}:manager`)),
      demo.patch('a child row added', '/Users/1013', add('emails', [{ value: 'icaro@example.com', type: 'other' }])),
      demo.patch('a child row changed', '/Users/1013', replace('emails[type eq "work"].value', 'i@meridian.example')),
      demo.patch('a child row removed', '/Users/1013', drop('emails[type eq "home"]')),
      demo.patch(
        'all child rows replaced',
        '/Users/1013',
        replace('emails', [{ value: 'only@example.com', type: 'work', primary: true }]),
      ),
      demo.patch(
        'several at once, one statement for the columns',
        '/Users/1013',
        replace('title', 'X'),
        replace('name.givenName', 'I.'),
        replace('title', 'Y'),
      ),
      demo.patch('what nobody may write', '/Users/1013', replace('id', 'x')),
      demo.patch('members added', '/Groups/role-12', add('members', [member('1013'), member('1014')])),
      demo.patch('a member removed', '/Groups/role-1', drop('members[value eq "1013"]')),
      demo.patch('members removed as some clients say it', '/Groups/role-1', {
        op: 'remove',
        path: 'members',
        value: [member('1013'), member('1014')],
      }),
      demo.patch('members replaced', '/Groups/role-12', replace('members', [member('1013')])),
      demo.patch('all members removed', '/Groups/role-12', drop('members')),
      demo.patch(
        'members come and go',
        '/Groups/role-1',
        add('members', [member('1017')]),
        drop('members[value eq "1013"]'),
      ),
      demo.patch('a group renamed', '/Groups/role-12', replace('displayName', 'Ersthelfer')),
      demo.patch('a member who does not exist', '/Groups/role-12', add('members', [member('1338')])),
      conformance.patch('a password', `/Users/${amara}`, replace('password', 'battery staple')),
      conformance.patch(
        'a child row by its value',
        `/Users/${bjorn}`,
        replace('emails[value eq "bjorn@example.org"].type', 'other'),
      ),
      conformance.patch(
        'a child row of several columns',
        `/Users/${bjorn}`,
        add('addresses[type eq "work"].streetAddress', 'Kungsgatan 1'),
      ),
      departing(everyWay, conformance.patch('a manager by the userName', `/Users/${chiara}`, replace(boss, 'AMARA'))),
      departing(
        everyWay,
        conformance.patch('a manager by an address', `/Users/${chiara}`, replace(boss, member('bjorn@example.org'))),
      ),
      departing(
        everyWay,
        conformance.patch('a manager by the externalId', `/Users/${chiara}`, replace(boss, member('hr-2'))),
      ),
      conformance.patch('the same manager by the id', `/Users/${bjorn}`, replace(boss, member(amara))),
      conformance.patch(
        'a group into a group',
        `/Groups/${engineering}`,
        add('members', [member(chiara), member(amara)]),
      ),
      conformance.patch('members of two types removed', `/Groups/${everyone}`, {
        op: 'remove',
        path: 'members',
        value: [member(amara), member(engineering)],
      }),
    ],
  },
  delete: {
    theme: 'Deleting',
    examples: [
      demo.remove('a user who stays in the books', '/Users/1013'),
      demo.remove('somebody of another company', '/Users/1338'),
      demo.remove('a group', '/Groups/role-12'),
      conformance.remove('a user with all rows', `/Users/${bjorn}`),
      conformance.remove('a group', `/Groups/${engineering}`),
    ],
  },
  uniqueness: {
    theme: 'Uniqueness, checked under the lock of the write',
    examples: [
      demo.post('a userName that is taken, in another case', 'User', { userName: 'MLinden' }),
      demo.post('a userName that somebody holds who is not offered here', 'User', { userName: 'nlevesque' }),
      demo.patch('a rename to a name that is taken', '/Users/1013', replace('userName', 'kono')),
      demo.patch('a rename of oneself by case', '/Users/1013', replace('userName', 'IAlcantara')),
      demo.post('a group of the same name', 'Group', { displayName: 'FIRST AIDERS' }),
      conformance.post('a userName beyond ASCII that is taken', 'User', { userName: 'BJÖRN' }),
    ],
  },
} as const
