import { describe, expect, it } from 'vitest'
import type { AttributeMapping, Leaf, ResourceMapping } from '../../src/mapping/catalog.ts'
import { tryCompile } from '../../src/mapping/compile.ts'
import { catalogOf, options, problemsOf, typeOf } from './compiled.ts'

const indent = (text: string): string => text.replace(/^(?=.)/gm, '      ')

interface Said {
  readonly backend?: string
  readonly entry?: string
  readonly more?: string
  readonly attributes?: string
}

const base = 'ou=people,dc=example,dc=com'
const rest = 'objectClasses: [inetOrgPerson], rdn: "uid={userName}"'

/** A User of a directory: `entry` in line 5, the lines of `more` from 6 on, attributes after `userName` of line 7. */
const person = ({ backend = '', entry = `base: "${base}", ${rest}`, more = '', attributes = '' }: Said = {}) =>
  `version: 1
backend: { kind: ldap${backend} }
resources:
  User:
    entry: { ${entry} }
${more}    attributes:
      userName: uid
${indent(attributes)}
  Group:
    entry: { base: "ou=groups,dc=example,dc=com", objectClasses: [groupOfNames], rdn: "cn={displayName}" }
    attributes:
      displayName: cn
      members: { reference: [User, Group], slot: member, size: large }
`

const compiled = (said: Said = {}, env: Readonly<Record<string, string>> = {}): ResourceMapping =>
  typeOf(catalogOf(person(said), env))

const attributeOf = (mapping: ResourceMapping, name: string): AttributeMapping => {
  const found = mapping.attributes.find((one) => one.of.attribute.name === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}

const leafOf = (mapping: ResourceMapping, name: string): Leaf => {
  const found = attributeOf(mapping, name)
  const [leaf] = found.kind === 'single' ? found.leaves : found.kind === 'elements' ? found.elements[0]!.leaves : []
  if (leaf === undefined) throw new Error(`no leaf of ${name}`)
  return leaf
}

const codecOf = (mapping: ResourceMapping, name: string) => {
  const { carrier } = leafOf(mapping, name)
  if (carrier.kind !== 'slot') throw new Error(`${name} has no slot`)
  return carrier.codec
}

const placeOf = (mapping: ResourceMapping, name: string) => {
  const found = attributeOf(mapping, name)
  if (found.kind !== 'reference') throw new Error(`${name} is no reference`)
  return found.reference.place
}

describe('an entry', () => {
  it('has what the file says, and the rest from the standards', () => {
    const { entry, table, id, onDelete, version } = compiled()
    expect(entry).toMatchObject({
      base,
      scope: 'sub',
      filter: undefined,
      objectClasses: ['inetOrgPerson'],
      rdn: { attribute: 'uid', template: [{ kind: 'path', ref: { name: 'userName' } }] },
      emptyGroup: { kind: 'refuse' },
    })
    expect([table, id, onDelete, version]).toEqual([
      undefined,
      { prefix: '', fields: ['entryUUID'], generate: undefined },
      { kind: 'delete' },
      { kind: 'digest' },
    ])
  })

  it('takes scope, filter and a base from the environment', () => {
    const said = { entry: `base: "ou=people,\${BASE}", scope: one, filter: (&(a=1)(!(b=\\28))), ${rest}` }
    expect(compiled(said, { BASE: 'dc=test' }).entry).toMatchObject({
      base: 'ou=people,dc=test',
      scope: 'one',
      filter: '(&(a=1)(!(b=\\28)))',
    })
  })

  it('is named by a template of several parts, whose paths are those of the type as it is offered', () => {
    const said = {
      entry: `base: "${base}", objectClasses: [a], rdn: "cn={name.givenName}, {{ {userName}"`,
      attributes: 'name.givenName: { slot: givenName, access: immutable }',
    }
    const { entry, type } = compiled(said)
    const [given, text, user] = entry?.rdn.template ?? []
    expect(text).toEqual({ kind: 'text', text: ', { ' })
    for (const part of [given, user])
      expect(part?.kind === 'path' && type.schema.attributes.includes(part.ref.attribute)).toBe(true)
  })

  it.each([
    ['refuse', { kind: 'refuse' }],
    ['placeholder', { kind: 'placeholder', dn: 'cn=empty-membership-placeholder' }],
    ['{ placeholder: "cn=none,dc=example,dc=com" }', { kind: 'placeholder', dn: 'cn=none,dc=example,dc=com' }],
  ])('knows what becomes of an empty group: %s', (said, expected) => {
    expect(compiled({ entry: `base: "${base}", ${rest}, emptyGroup: ${said}` }).entry?.emptyGroup).toEqual(expected)
  })

  it('sets attributes that nobody maps, constants as text and times as a directory writes them', () => {
    const create =
      'uidNumber: { counter: { entry: "cn=next,dc=x", attribute: uidNumber } }, gidNumber: 100, TLS: true, at: now, home: "/home/{userName}", none: null'
    const { set } = compiled({ entry: `base: "${base}", ${rest}, set: { create: { ${create} }, write: { by: scim } }` })
    expect(set.create.map(({ slot, value }) => [slot.key, value.kind])).toEqual([
      ['uidNumber', 'counter'],
      ['gidNumber', 'constant'],
      ['TLS', 'constant'],
      ['at', 'now'],
      ['home', 'template'],
      ['none', 'constant'],
    ])
    expect(set.create[0]?.value).toEqual({ kind: 'counter', entry: 'cn=next,dc=x', attribute: 'uidNumber' })
    expect([1, 2, 5].map((i) => set.create[i]?.value)).toEqual([
      { kind: 'constant', value: '100' },
      { kind: 'constant', value: 'TRUE' },
      { kind: 'constant', value: null },
    ])
    const now = set.create[3]?.value
    expect(now?.kind === 'now' && now.codec.encode('2026-01-31T12:00:00Z')).toBe('20260131120000Z')
    expect(set.write).toMatchObject([{ slot: { key: 'by' }, value: { kind: 'constant', value: 'scim' } }])
  })

  it('shows to read what a create sets', () => {
    const set = 'set: { create: { uidNumber: { counter: { entry: "cn=n,dc=x", attribute: uidNumber } } } }'
    const said = {
      entry: `base: "${base}", ${rest}, ${set}`,
      attributes: 'nickName: { slot: uidNumber, codec: integer, access: readOnly }',
    }
    expect(codecOf(compiled(said), 'nickName').decode('1001')).toBe('1001')
    expect(problemsOf(person({ ...said, attributes: 'nickName: uidNumber' }))).toEqual([
      '8:7: uidNumber is a constant (set.create), so nickName cannot write it (access: readOnly)',
    ])
  })
})

describe('the id and the version', () => {
  it.each([
    ['id: nsUniqueId', { prefix: '', fields: ['nsUniqueId'], generate: undefined }],
    ['id: { prefix: u- }', { prefix: 'u-', fields: ['entryUUID'], generate: undefined }],
    ['id: { prefix: u-, attribute: objectGUID }', { prefix: 'u-', fields: ['objectGUID'], generate: undefined }],
    ['id: { attribute: x-id, generate: uuid }', { prefix: '', fields: ['x-id'], generate: { kind: 'uuid' } }],
  ])('%s', (line, expected) => {
    expect(compiled({ more: `    ${line}\n` }).id).toEqual(expected)
  })

  it('takes the stamp of the server', () => {
    const { version } = compiled({ more: '    version: { slot: entryCSN }\n' })
    expect(version).toMatchObject({
      kind: 'slot',
      slot: { key: 'entryCSN', at: { kind: 'field', table: undefined, field: 'entryCSN' } },
    })
  })

  it('hides what a delete marks', () => {
    const onDelete =
      '    onDelete: { set: { employeeType: left, at: now }, hide: { employeeType: left, rank: 7 }, leave: all }\n'
    expect(compiled({ more: onDelete }).onDelete).toMatchObject({
      kind: 'set',
      leave: true,
      set: [{ slot: { key: 'employeeType' }, value: { kind: 'constant', value: 'left' } }, { slot: { key: 'at' } }],
      hide: {
        kind: 'and',
        of: [
          { slot: { key: 'employeeType' }, test: { op: 'in', values: ['left'] } },
          { slot: { key: 'rank' }, test: { op: 'in', values: ['7'] } },
        ],
      },
    })
  })
})

describe('ids of two types', () => {
  it('need a prefix, unless the server makes them', () => {
    const text = person({ more: '    id: uidNumber\n' })
    expect(problemsOf(text)).toEqual([
      '10:3: a Group and a User may have the same id (id: { prefix: "group-", attribute: entryUUID })',
    ])
    expect(problemsOf(text.replace('id: uidNumber', 'id: { prefix: u-, attribute: uidNumber }'))).toEqual([])
  })
})

describe('a slot', () => {
  it.each([
    ['title: title', 'title', 'title', false],
    ['title: "title;lang-en"', 'title', 'title;lang-en', false],
    ['title: 2.5.4.12', 'title', '2.5.4.12', false],
    ['phoneNumbers: { slot: mobile, many: true }', 'phoneNumbers', 'mobile', true],
  ])('is an attribute description: %s', (line, name, field, many) => {
    const { carrier } = leafOf(compiled({ attributes: line }), name)
    expect(carrier).toMatchObject({
      kind: 'slot',
      slot: { key: field, many, at: { kind: 'field', table: undefined, field } },
    })
  })

  it.each([
    ['active: enabled', 'active', true, 'TRUE'],
    ['active: { slot: enabled, codec: boolean }', 'active', false, 'FALSE'],
    ['active: { slot: enabled, is: true }', 'active', false, 'FALSE'],
    ['active: { slot: s, is: 1 }', 'active', false, '0'],
    ['active: { slot: s, codec: { boolean: [1, 0] } }', 'active', true, '1'],
    ['active: { slot: s, codec: { values: { TRUE: false, FALSE: true } } }', 'active', true, 'FALSE'],
    ['userType: { slot: s, codec: { values: { 512: Employee, 7: Guest } } }', 'userType', 'Guest', '7'],
    ['meta.created: { slot: c, access: readOnly }', 'meta', '2026-01-31T12:00:00Z', '20260131120000Z'],
  ])('holds text: %s', (line, name, scim, native) => {
    const codec = codecOf(compiled({ attributes: line }), name)
    expect(codec.encode(scim)).toBe(native)
    expect(codec.decode(native)).toBe(scim)
  })
})

describe('references', () => {
  it('hold DNs, several where there are several', () => {
    const catalog = catalogOf(person({ attributes: 'enterprise.manager: { reference: User, slot: manager }' }))
    expect(placeOf(typeOf(catalog, 'Group'), 'members')).toMatchObject({
      kind: 'field',
      slot: { key: 'member', many: true },
      by: undefined,
    })
    expect(placeOf(typeOf(catalog), 'manager')).toMatchObject({ kind: 'field', slot: { key: 'manager', many: false } })
  })

  it('hold a name of the target', () => {
    const text = person().replace('[User, Group], slot: member', 'User, slot: memberUid, by: uid')
    expect(placeOf(typeOf(catalogOf(text), 'Group'), 'members')).toMatchObject({
      slot: { key: 'memberUid', many: true },
      by: 'uid',
    })
  })

  it.each([
    ['groups: { reverse: Group.members, slot: memberOf }', {}, { key: 'memberOf', many: true }],
    ['groups: { reverse: Group.members }', {}, undefined],
    ['groups: { reverse: Group.members, slot: "${MEMBEROF:-}" }', {}, undefined],
    ['groups: { reverse: Group.members, slot: "${MEMBEROF:-}" }', { MEMBEROF: 'isMemberOf' }, { key: 'isMemberOf' }],
  ])('are kept by the server on the other side, or not: %s %j', (line, env, slot) => {
    const place = placeOf(compiled({ attributes: line }, env), 'groups')
    expect(place).toMatchObject({ kind: 'reverse', of: 'Group.members', nested: false })
    if (slot === undefined) expect(place).toHaveProperty('slot', undefined)
    else expect(place).toMatchObject({ slot })
  })
})

describe('a password', () => {
  it('is handed over for the operation of the server, in one form', () => {
    const codec = codecOf(
      compiled({ attributes: 'password: { slot: userPassword, codec: { password: modify } }' }),
      'password',
    )
    expect([codec.name, codec.encode('e\u0301'), codec.decode('é'), codec.encodeAhead]).toEqual([
      'password modify',
      '\u00e9',
      undefined,
      undefined,
    ])
    expect(codec.compare('eq', 'é', { key: 'userPassword', many: false, at: { kind: 'side' } })).toEqual({
      kind: 'false',
    })
  })
})

describe('a container', () => {
  const listed = `"${base}": true, "ou=disabled,${base}": false, "ou=gone,${base}": false`

  it('makes a value of where an entry lies, and a place of a value', () => {
    const mapping = compiled({ attributes: `active: { container: { ${listed} } }` })
    const { carrier } = leafOf(mapping, 'active')
    expect(carrier).toMatchObject({
      kind: 'slot',
      slot: {
        key: 'container',
        many: false,
        at: { kind: 'container', dns: [base, `ou=disabled,${base}`, `ou=gone,${base}`] },
      },
      codec: { name: 'container', none: base },
    })
    const codec = codecOf(mapping, 'active')
    expect([codec.decode(base), codec.decode(`ou=gone,${base}`), codec.decode('dc=x')]).toEqual([
      true,
      false,
      undefined,
    ])
    expect([codec.encode(true), codec.encode(false)]).toEqual([base, `ou=disabled,${base}`])
  })

  it('may be any value, and its default a place for new entries', () => {
    const said = `enterprise.department: { container: { "ou=a,${base}": A, "${base}": B }, default: B }`
    const leaf = leafOf(compiled({ attributes: said }), 'department')
    expect(leaf.onCreate).toEqual({ kind: 'value', value: 'B' })
  })

  it('is a field like any other in memory', () => {
    const text = `version: 1
backend: { kind: memory }
resources:
  User:
    attributes:
      userName: login
      active: { container: { "ou=a,dc=x": true, "ou=b,dc=x": false } }
`
    expect(codecOf(typeOf(catalogOf(text)), 'active').encode(false)).toBe('ou=b,dc=x')
  })
})

describe('problems, with their place and a hint', () => {
  const entry = (said: string): Said => ({ entry: said })
  const attributes = (said: string): Said => ({ attributes: said })
  const whole = (said: Said, from: string | RegExp, to: string): string => person(said).replace(from, to)
  const cases: readonly (readonly [text: string, problem: string])[] = [
    [
      whole({}, /    entry: .*\n/, ''),
      '4:3: nothing says where the entries of a User are (entry: { base: "ou=people,…", objectClasses: [inetOrgPerson], rdn: "uid={userName}" })',
    ],
    [person(entry(rest)), '5:5: "base" is missing'],
    [person(entry(`base: "${base}", rdn: "uid={userName}"`)), '5:5: "objectClasses" is missing'],
    [person(entry(`base: "${base}", objectClasses: [a]`)), '5:5: "rdn" is missing'],
    [person(entry(`base: "${base}", ${rest}, bsae: x`)), '5:106: unknown key "bsae" (did you mean "base"?)'],
    [person(entry(`base: people, ${rest}`)), '5:14: "people" is no DN (ou=people,dc=example,dc=com)'],
    [person(entry(`base: "${base}", scope: subtree, ${rest}`)), '5:51: scope: "subtree" is none of one, sub'],
    [
      person(entry(`base: "${base}", filter: objectClass=person, ${rest}`)),
      '5:51: a filter stands in parentheses (RFC 4515) ((objectClass=inetOrgPerson))',
    ],
    [
      person(entry(`base: "${base}", filter: (a=1)(b=2), ${rest}`)),
      '5:51: a filter stands in parentheses (RFC 4515) ((objectClass=inetOrgPerson))',
    ],
    [
      person(entry(`base: "${base}", objectClasses: [inet Org], rdn: "uid={userName}"`)),
      '5:67: "inet Org" is no attribute of a directory (a name such as displayName;lang-en)',
    ],
    ...(
      [
        ['{userName}', '"{userName}" does not say which attribute names the entry (uid={userName})'],
        ['uid', '"uid" does not say which attribute names the entry (uid={userName})'],
        ['uid={userNmae}', 'no SCIM attribute "userNmae" (did you mean "userName"?)'],
        ['uid={title}', '{title} is not kept in a slot of its own (name what it is made of)'],
        ['uid=people', 'every entry would have one name (uid={userName})'],
        ['uid={userName},ou=people', 'one attribute names an entry (uid={userName}; base says what it lies below)'],
        ['uid={userName}+cn={userName}', 'one attribute names an entry (uid={userName}; base says what it lies below)'],
        [
          'uid=x-{userName}',
          'uid names the entry, so userName cannot write it (uid={userName}, or access: readOnly there)',
        ],
        ['UID={userName}', 'UID and uid are one attribute (write uid)'],
      ] as const
    ).map(
      ([rdn, problem]) =>
        [person(entry(`base: "${base}", objectClasses: [a], rdn: "${rdn}"`)), `5:71: ${problem}`] as const,
    ),
    [
      person(entry(`base: "${base}", ${rest}, emptyGroup: { placeholder: "cn=x,OU=Groups, dc=example,dc=com" }`)),
      '5:120: a Group may have this DN one day (emptyGroup: placeholder, or a DN outside of every base)',
    ],
    [
      person(entry(`base: "${base}", ${rest}, emptyGroup: { placeholder: nobody }`)),
      '5:120: "nobody" is no DN (ou=people,dc=example,dc=com)',
    ],
    [
      person(
        entry(`base: "${base}", ${rest}, set: { write: { n: { counter: { entry: "cn=n,dc=x", attribute: n } } } }`),
      ),
      '5:127: a counter is for a new entry (set: { create: … })',
    ],
    [
      person(entry(`base: "${base}", ${rest}, set: { create: { n: { counter: { entry: next, attribute: n } } } }`)),
      '5:139: "next" is no DN (cn=uidNext,ou=counters,dc=example,dc=com)',
    ],
    [person({ more: '    table: { name: p, key: id }\n' }), '6:5: a table belongs to a database (entry: { base: … })'],
    [person({ more: '    id: [a, b]\n' }), '6:5: one attribute makes the id of an entry (id: entryUUID)'],
    [
      person({ more: '    id: { generate: uuid }\n' }),
      '6:11: the server makes entryUUID itself (attribute: one that may be written)',
    ],
    [
      person({ more: '    derived: { gecos: x }\n' }),
      '6:16: nothing in this template ever changes (entry: { set: … } writes a constant)',
    ],
    [person({ more: '    id: { column: a }\n' }), '6:11: a column belongs to a table (attribute: a)'],
    [
      person({ more: '    version: { slot: a.b }\n' }),
      '6:16: "a.b" is no attribute of a directory (a name such as displayName;lang-en)',
    ],
    [
      person({ backend: ', prefix: app_' }),
      '2:24: prefix belongs to a database (the base and the filter of each entry)',
    ],
    [
      person({ backend: ', tenant: { t: 7 }' }),
      '2:24: tenant belongs to a database (the base and the filter of each entry)',
    ],
    [
      person({ backend: ', bind: { dn: "cn=scim", password: hunter2 }' }),
      '2:47: password holds a secret (write ${NAME} or ${file:/path})',
    ],
    ...(
      [
        ['title: "@t"', '8:7: "@t" is no attribute of a directory (a name such as displayName;lang-en)'],
        ['title: job title', '8:7: "job title" is no attribute of a directory (a name such as displayName;lang-en)'],
        ['title: UID', '8:7: UID and uid are one attribute (write uid)'],
        ['title: uid', '8:7: title and userName both write uid (access: readOnly or mirror: true on one of them)'],
        [
          'emails: { rows: { table: m, foreignKey: p }, value: v }',
          '8:17: rows belongs to a database (an element with an attribute of its own: emails[type eq "work"].value: mail)',
        ],
        [
          'title: { slot: t, lookup: { table: a, key: b, text: c } }',
          '8:25: lookup belongs to a database (codec: { values: … }, or a resource type of its own and a reference to it)',
        ],
        [
          'title: { keyValue: { table: a, foreignKey: b, keys: { c: d }, value: e } }',
          '8:16: keyValue belongs to a database (slot: an attribute)',
        ],
        [
          'emails: { slot: mail, many: true, list: json }',
          '8:41: list belongs to a database (an attribute holds several values by itself: many: true)',
        ],
        [
          'enterprise.manager: { reference: User, foreignKey: x }',
          '8:46: foreignKey belongs to a database (slot on the side that is stored, reverse on the other)',
        ],
        [
          'groups: { reverse: Group.members, through: x }',
          '8:41: through belongs to a database (slot: the attribute that holds the DNs of the targets)',
        ],
        [
          'password: { slot: p, codec: { password: modfy } }',
          '8:28: "modfy" is no password scheme: plain, ssha, ssha256, ssha512, pbkdf2, django, modify',
        ],
        [
          'password: { slot: p, codec: [trim, { password: modify }] }',
          '8:28: modify is no step of several (codec: { password: modify })',
        ],
        [
          'password: { slot: p, codec: ssha, copies: [{ slot: q, codec: { password: modify } }] }',
          '8:61: a password is handed over once, and nothing is written (a form to store: ssha512)',
        ],
        [
          'title: { default: x }',
          '8:7: nothing says where title is kept (an attribute, or a block with slot, store, container, template …)',
        ],
        [
          'enterprise.manager: { reference: User }',
          '8:7: nothing says where urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager is kept (slot or reverse)',
        ],
        ['active: { container: {} }', '8:17: no container is listed ("ou=people,dc=example,dc=com": true)'],
        ['active: { container: { people: true } }', '8:30: "people" is no DN (ou=people,dc=example,dc=com)'],
        [
          'active: { container: { "ou=x,dc=example,dc=com": true } }',
          `8:30: ou=x,dc=example,dc=com lies outside of the base, where no User is seen (below ${base})`,
        ],
        [
          `active: { container: { "${base}": true, "OU=People, dc=example,dc=com": false } }`,
          `8:67: OU=People, dc=example,dc=com and ${base} are one container`,
        ],
        [`active: { container: { "${base}": yes-and-no } }`, '8:17: active is a boolean, and "yes-and-no" is none'],
        [`active: { container: { "${base}": true }, slot: x }`, '8:7: container and slot cannot both carry active'],
        [
          `active: { container: { "${base}": true }, codec: boolean }`,
          '8:69: a container says itself what it means (leave codec out)',
        ],
        [
          `active: { container: { "${base}": true } }\ntitle: { container: { "${base}": Boss } }`,
          '9:16: active says already where an entry lies (one attribute of a type)',
        ],
      ] as const
    ).map(([line, problem]) => [person(attributes(line)), problem] as const),
    [
      person({
        entry: `base: "${base}", scope: one, ${rest}`,
        attributes: `active: { container: { "${base}": true } }`,
      }),
      '8:17: with scope: one every entry lies in the base itself (entry: { scope: sub })',
    ],
  ]
  it.each(cases.map(([text, problem]) => ({ text, problem })))('$problem', ({ text, problem }) => {
    expect(problemsOf(text)).toContain(problem)
    expect(tryCompile(text, options()).catalog).toBeUndefined()
  })

  it('is one spelling of an attribute for all of the type, wherever it stands', () => {
    const text = person({
      more: '    onDelete: { set: { Mail: x } }\n    protect: { match: { EMPLOYEETYPE: a }, from: [delete] }\n',
      attributes: 'emails[type eq "work"].value: mail\nuserType: employeeType',
    })
    expect(problemsOf(text)).toEqual([
      '6:24: Mail and mail are one attribute (write mail)',
      '7:25: EMPLOYEETYPE and employeeType are one attribute (write employeeType)',
    ])
  })
})

describe('what is said for a directory alone', () => {
  const sql = (attributes: string, table = '{ name: p, key: id }', more = '') => `version: 1
backend: { kind: sql }
resources:
  User:
    table: ${table}
    onDelete: delete
${more}    attributes:
      userName: login
${indent(attributes)}
`
  it.each([
    [
      sql('', '{ name: p, key: id }', '    entry: { base: "dc=x", objectClasses: [a], rdn: "uid={userName}" }\n'),
      '7:5: entry belongs to a directory (backend: { kind: ldap })',
    ],
    [sql('active: { container: { "dc=x": true } }'), '9:17: a container belongs to a directory (slot: column)'],
    [
      sql('password: { slot: p, codec: { password: modify } }'),
      '9:28: modify is an operation of a directory (a form to store: codec: pbkdf2)',
    ],
    [
      sql('', '{ name: p, key: id, set: { create: { n: { counter: { entry: "cn=n,dc=x", attribute: n } } } } }'),
      '5:54: a counter is an entry of a directory (a column that the database numbers)',
    ],
    [
      sql('', '{ name: p, key: id }', '    id: { attribute: a }\n'),
      '7:11: an attribute belongs to a directory (column: …)',
    ],
  ])('%#: is a problem elsewhere', (text, problem) => {
    expect(problemsOf(text)).toContain(problem)
  })
})

describe('the backend of a directory', () => {
  it('takes a secret from outside, and an optional key that is empty as none', () => {
    const text = person({
      backend: ', bind: { dn: "cn=scim", password: "${file:/run/secrets/ldap}" }, tls: { ca: "${LDAP_CA_FILE:-}" }',
    })
    expect(problemsOf(text)).toEqual([])
    expect(catalogOf(text).backend.section).toEqual({
      kind: 'ldap',
      bind: { dn: 'cn=scim', password: 'from-file' },
      tls: {},
    })
    expect(catalogOf(text, { LDAP_CA_FILE: '/ca.pem' }).backend.section).toMatchObject({ tls: { ca: '/ca.pem' } })
  })
})
