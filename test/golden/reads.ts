import { conformance, demo, departingOffline, enterprise } from './example.ts'
import type { Example } from './example.ts'

const amara = 'aaaaaaaa-0000-4000-8000-000000000001'
const engineering = 'bbbbbbbb-0000-4000-8000-000000000001'
const everyone = 'bbbbbbbb-0000-4000-8000-000000000002'
/** Little is shown, so that the condition is what one reads. */
const users = (filter: string): string => `/Users?filter=${filter}&attributes=userName`
const filtered = (filter: string): Example => demo.get(filter, users(filter))
const wide = (filter: string): Example => conformance.get(filter, users(filter))

export const reads = {
  lookups: {
    theme: 'Looking up one resource',
    examples: [
      demo.get('a user by id', '/Users/1003'),
      demo.get('a user by id, one attribute', '/Users/1003?attributes=userName'),
      departingOffline(
        'only a database that was looked at tells that the column holds integers',
        demo.get('an id that is the same number but not the same id', '/Users/01003?attributes=userName'),
      ),
      demo.get('somebody of another company in the same table', '/Users/1338?attributes=userName'),
      demo.get('a group by id', '/Groups/role-12'),
      demo.get('a group without its members: they are not read', '/Groups/role-12?excludedAttributes=members'),
      demo.get('a group under an id without the prefix', '/Groups/12?attributes=displayName'),
      demo.get('by userName, in any case', '/Users?filter=userName eq "MLinden"'),
      demo.get('by userName, letters beyond ASCII', users('userName eq "märta"')),
      demo.get('by externalId, which the side store holds', users('externalId eq "hr-1013"')),
      demo.get('by e-mail', users('emails.value eq "ines98@mail.example"')),
      demo.get('by id in a filter', users('id eq "1003"')),
      demo.get('a group by name', '/Groups?filter=displayName eq "first aiders"&excludedAttributes=members'),
      demo.search('with .search', '/Users', { filter: 'userName eq "kono"', attributes: ['title', 'manager'] }),
      conformance.get('by id, wide schema', `/Users/${amara}`),
      conformance.get('by externalId, a column here', users('externalId eq "hr-2"')),
      conformance.get('a group with members of two types', `/Groups/${everyone}`),
    ],
  },
  filters: {
    theme: 'Filters: what the database decides, and what is left to the bridge',
    examples: [
      demo.get('eq that finds nobody', '/Users?filter=userName eq "nobody"'),
      filtered('title ne "Test Engineer"'),
      filtered('name.familyName co "Czaj"'),
      filtered('name.familyName sw "mac giolla"'),
      filtered('emails.value ew "@MAIL.example"'),
      filtered('title pr'),
      filtered('not (title pr)'),
      filtered('title eq null'),
      filtered('userName gt "y" and userName le "zz"'),
      filtered('active eq true'),
      filtered('active eq false'),
      filtered('not (active eq true)'),
      filtered('userType eq "Contractor"'),
      filtered('userType co "o"'),
      filtered('meta.created ge "2024-01-01T00:00:00Z"'),
      filtered(`${enterprise}:department eq "Sales"`),
      filtered(`${enterprise}:department sw "Research" and not (${enterprise}:employeeNumber pr)`),
      filtered(`schemas eq "${enterprise}"`),
      filtered(`${enterprise}:manager.value eq "1003"`),
      filtered(`not (${enterprise}:manager pr)`),
      filtered('groups.value eq "role-13"'),
      filtered('groups[value eq "role-13" or value eq "role-14"]'),
      filtered('phoneNumbers[type eq "mobile"]'),
      filtered('phoneNumbers[type eq "fax" and value sw "+49"]'),
      filtered('phoneNumbers.value co "555 7001"'),
      filtered('addresses[country eq "PT" and postalCode pr]'),
      filtered('preferredLanguage eq "ja"'),
      filtered('emails[type eq "work" and value co "agyeman"]'),
      filtered('emails[type eq "home"] and not (emails[type eq "work"])'),
      filtered('emails[primary eq true and value sw "yaa"]'),
      filtered('emails.value ne "nobody@example.com"'),
      filtered('(title sw "Head" or title co "Director") and not (name.givenName eq "Rohan")'),
      filtered('displayName eq "Yaa Agyeman"'),
      filtered('name.familyName eq "Agyeman" and displayName sw "Yaa"'),
      filtered('title eq "Test Engineer" or displayName eq "Yaa Agyeman"'),
      departingOffline(
        'how many ids the side store finds is not known before',
        filtered('not (externalId pr) and name.familyName eq "Agyeman"'),
      ),
      filtered('meta.resourceType eq "Group"'),
      filtered('title eq "a\' OR 1=1 --"'),
      filtered('name.familyName co "%" or name.familyName co "_"'),
      demo.get('members of a group', '/Groups?filter=members.value eq "1003"&attributes=displayName'),
      filtered('nickName eq "x"'),
      wide('password eq "x"'),
      wide('active eq false'),
      wide('meta.lastModified gt "2026-01-31T00:00:00+01:00"'),
      wide('emails[type eq "home" and value sw "BJORN"]'),
      wide('addresses.locality eq "GÖTEBORG"'),
      conformance.get('groups in groups', users(`groups.value eq "${everyone}"`)),
      conformance.get(
        'a group that holds a group',
        `/Groups?filter=members.value eq "${engineering}"&attributes=displayName`,
      ),
    ],
  },
  lists: {
    theme: 'Lists: sorting, paging, projections',
    examples: [
      demo.get('everybody', '/Users'),
      demo.get('a later page', '/Users?startIndex=201&count=50&attributes=userName'),
      demo.get('the total only', '/Users?count=0'),
      demo.get('sorted', '/Users?sortBy=name.familyName&count=10&attributes=name'),
      demo.get('sorted descending', '/Users?sortBy=meta.created&sortOrder=descending&count=10&attributes=userName'),
      demo.get(
        'sorted by a column of the second table',
        '/Users?sortBy=preferredLanguage&count=10&attributes=userName',
      ),
      demo.get(
        'sorted by letters that mean words: the bridge sorts',
        '/Users?sortBy=userType&count=3&attributes=userName',
      ),
      demo.get(
        'sorted by a template, filtered: few to look at',
        `/Users?sortBy=displayName&filter=title sw "Head of"&count=3&attributes=userName`,
      ),
      demo.get(
        'a page that the bridge cuts',
        '/Users?filter=displayName co "an"&startIndex=11&count=5&attributes=userName',
      ),
      demo.get('the first page by cursor', '/Users?cursor=&count=10&attributes=userName'),
      demo.get('a page by cursor', '/Users?cursor=NEXT&count=10&attributes=userName'),
      demo.get(
        'a page by cursor, sorted descending',
        '/Users?cursor=NEXT&sortBy=name.familyName&sortOrder=descending&count=10&attributes=userName',
      ),
      demo.get(
        'a page by cursor that the bridge cuts: it begins behind the place, and ends with the page',
        '/Users?filter=displayName co "an"&cursor=NEXT&count=5&attributes=userName',
      ),
      demo.get(
        'a page by cursor that the bridge sorts',
        '/Users?sortBy=userType&cursor=NEXT&count=3&attributes=userName',
      ),
      demo.get('one child table', '/Users?attributes=emails&count=3'),
      demo.get('a sub-attribute', '/Users?attributes=name.familyName&count=3'),
      demo.get('all but', '/Users?excludedAttributes=groups,emails,addresses&count=3'),
      demo.get('nothing but ids', '/Users?attributes=id&count=3'),
      demo.get('groups with their members', '/Groups?count=3&startIndex=12'),
      demo.search('with .search', '/Users', { sortBy: 'userName', startIndex: 5, count: 2, attributes: ['userName'] }),
      conformance.get('people of the wide schema', '/Users?count=2&attributes=userName,emails,groups,manager'),
      conformance.get('groups with members of two types', '/Groups?sortBy=displayName'),
      conformance.get('a page of groups by cursor', '/Groups?sortBy=displayName&cursor=NEXT&count=1'),
    ],
  },
} as const
