import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isBridgeError } from '../../src/base/errors.ts'
import { compileMapping, tryCompile } from '../../src/mapping/compile.ts'
import { equalTo } from '../../src/mapping/scope.ts'
import { mappingJsonSchema } from '../../src/mapping/file.ts'
import { catalogOf, options, problemsOf, typeOf, userFile, userOf } from './compiled.ts'

const plain = userFile('title: t')

describe('problems, with their place and a hint', () => {
  const cases: readonly (readonly [text: string, problem: string])[] = [
    [userFile('nickNmae: n'), '10:7: no SCIM attribute "nickNmae" (did you mean "nickName"?)'],
    [userFile('name.givenNmae: n'), '10:7: no SCIM attribute "name.givenNmae" (did you mean "name.givenName"?)'],
    [
      userFile('enterprise.departmnt: d'),
      '10:7: no SCIM attribute "enterprise.departmnt" (did you mean "enterprise.department"?)',
    ],
    [userFile('constructor: c'), '10:7: no SCIM attribute "constructor"'],
    [userFile('id: x'), '10:7: id is made by the bridge (say id: beside attributes)'],
    [userFile('meta.version: v'), '10:7: meta.version is made by the bridge'],
    [userFile('name: n'), '10:7: name is complex (map its sub-attributes one by one)'],
    [userFile('title: { slto: t, access: readOnly }'), '10:16: unknown key "slto" (did you mean "slot"?)'],
    [userFile('title: { slot: t, acess: readOnly }'), '10:25: unknown key "acess" (did you mean "access"?)'],
    [userFile('title: 5'), '10:7: title: expected text, or a block'],
    [userFile('title: { slot: [a] }'), '10:16: slot: text is expected here'],
    [userFile('title: { slot: t, store: side }'), '10:7: store and slot cannot both carry title'],
    [userFile('title: { size: large, slot: t }'), '10:16: size belongs to a reference (say reference: User)'],
    [
      userFile('emails:\n  rows: { table: m, foreignKey: p }\n  vlaue: a\n  type: t'),
      '12:9: unknown key "vlaue" (did you mean "value"?)',
    ],
    [
      userFile('title: t\nnickName: t'),
      '11:7: nickName and title both write t (access: readOnly or mirror: true on one of them)',
    ],
    [
      userFile('enterprise.manager: { reference: User, slot: m }\ntitle: m'),
      '11:7: title and urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager both write m (access: readOnly or mirror: true on one of them)',
    ],
    [
      userFile('title: t', '{ name: p, key: id, where: { t: 1 } }'),
      '10:7: t is a constant (where), so title cannot write it (access: readOnly)',
    ],
    [
      userFile('title: t', '{ name: p, key: id, set: { write: { t: now } } }'),
      '10:7: t is a constant (set.write), so title cannot write it (access: readOnly)',
    ],
    [
      userFile('emails: { rows: { table: m, foreignKey: p, where: { v: 1 } }, value: v }'),
      '10:7: v selects the rows, so emails.value cannot write it',
    ],
    [
      userFile('title: { slot: t, codec: { values: { A: x, B: x } } }'),
      '10:7: the codec cannot write "x": several native words stand for "x": "write" must say which (state it in write, or say access: readOnly)',
    ],
    [
      userFile('active: { slot: s, is: A }'),
      '10:7: the codec cannot write false: no native word is stated for false (state it in write, or say access: readOnly)',
    ],
    [
      userFile('active: { all: [ { slot: a, is: 1, onFalse: keep } ] }'),
      '10:17: no part writes false, so nobody could ever be deactivated (or say access: readOnly)',
    ],
    [userFile('title: { slot: t, codec: trm }'), '10:25: there is no codec "trm", did you mean "trim"?'],
    [userFile('title: { slot: t, default: 5 }'), '10:25: title is a string'],
    [
      userFile('emails[type eq "work"].value: a\nemails[type  eq  "WORK"].value: b'),
      '11:7: an element with the same constants has a slot for emails.value already',
    ],
    [
      userFile(
        'emails[type eq "work"].value: { slot: a, default: true }\nemails[type eq "home"].value: { slot: b, default: true }',
      ),
      '11:7: 2 elements of emails take values without a type (default: true on one of them)',
    ],
    [
      userFile(
        'emails[type eq "work" and primary eq true].value: a\nemails[type eq "home" and primary eq true].value: b',
      ),
      '11:7: several elements of emails are always primary (one at most (RFC 7643 section 2.4))',
    ],
    [
      userFile('emails[type co "w"].value: a'),
      '10:7: cannot read [type co "w"] (only: type eq "work" and primary eq true)',
    ],
    [userFile('emails[primary eq "yes"].value: a'), '10:7: primary is a boolean, not "yes"'],
    [
      userFile('emails.value: { slot: a, many: true }'),
      '10:32: one column holds several values in some form (say list: json or list: { delimited: "," })',
    ],
    [
      userFile('emails: { rows: { table: a, foreignKey: b }, value: v }\nemails[type eq "work"].value: w'),
      '11:7: emails is mapped as a whole already',
    ],
    [
      userFile('enterprise.manager: { reference: Usr, slot: m }'),
      '10:29: there is no resource type "Usr" in this file (did you mean "User"?)',
    ],
    [
      userFile('enterprise.manager: { reference: User }'),
      '10:7: nothing says where urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager is kept (slot, through, foreignKey or reverse)',
    ],
    [
      userFile('groups: { reverse: Group.members }'),
      '10:17: reverse: "Group.members" names no resource type of this file (reverse: Group.members)',
    ],
    [userFile('groups: { reverse: User.manager }'), '10:17: User.manager is no reference of this file'],
    [
      userFile('title: prof.t', '{ name: p, key: id, with: [ { name: prof1, key: id } ] }'),
      '10:7: "prof" is no table of User (did you mean "prof1"?)',
    ],
    [
      userFile('title: t', '{ name: p, key: [a, b], with: [ { name: x, key: id } ] }'),
      '5:55: x needs 2 key column(s), in the order of the main key',
    ],
    [
      userFile('name: { slot: f, template: "{givenName} {familyName}" }'),
      '10:7: one text cannot be cut into names without loss (say lossy: accepted, after reading what is lost in docs/mapping.md)',
    ],
    [
      userFile('displayName: { template: "{name.givenNmae}" }'),
      '10:22: no SCIM attribute "name.givenNmae" (did you mean "name.givenName"?)',
    ],
    [
      userFile('displayName: { template: "{password}" }'),
      '10:22: {password} cannot stand in a template (name a sub-attribute with a readable value)',
    ],
    [
      userFile('displayName: { template: "{userName" }'),
      '10:22: a brace without its other half (write {{ for a literal brace)',
    ],
    [userFile('groups: { slot: g, access: readWrite }'), '10:26: groups.value is readOnly in SCIM (leave access out)'],
    [
      plain.replace('userName: login\n', ''),
      '8:5: userName is required in a User, and nothing carries it (userName: column)',
    ],
    [
      plain.replace('    onDelete: delete\n', ''),
      '4:3: nothing says what deleting a User does (onDelete: delete, or onDelete: { set: …, hide: true }, or allow without delete)',
    ],
    [
      plain.replace('onDelete: delete', 'onDelete: { set: { s: X }, hidden: true }'),
      '7:32: unknown key "hidden" (did you mean "hide"?)',
    ],
    [plain.replace('resources', 'resuorces'), '3:1: unknown key "resuorces" (did you mean "resources"?)'],
    [plain.replace('version: 1', 'version: 2'), '1:1: version: expected 1'],
    [
      plain.replace('version: 1', 'version: 1\nprofile: entr'),
      '2:1: there is no profile "entr" (did you mean "entra"?)',
    ],
    [
      plain.replace('dialect: sqlite', 'dialect: mysql, password: hunter2'),
      '2:39: password holds a secret (write ${NAME} or ${file:/path})',
    ],
    [
      plain.replace('dialect: sqlite', 'url: "mysql://u:p@h/x"'),
      '2:23: url holds a secret (write ${NAME} or ${file:/path})',
    ],
    [
      plain.replace('dialect: sqlite', 'password: "${P:-hunter2}"'),
      '2:23: warning: password has a secret as its default (leave the default out)',
    ],
    [
      plain.replace('id: id\n', 'id: id\n    unique: [titl]\n'),
      '7:14: no SCIM attribute "titl" (did you mean "title"?)',
    ],
    [
      plain.replace('id: id\n', 'id: { column: id, prefix: "bulkI" }\n'),
      '6:23: a prefix with "bulk" could make an id that SCIM forbids',
    ],
    [plain.replace('User:', 'Person:'), '4:3: no schema for Person (schema: a short name or URN from schemas)'],
    [userFile('title: { slot: t, default: true }'), '10:25: title is a string'],
    [userFile('active: { slot: a, codec: { values: { A: "yes" } } }'), '10:26: active is a boolean, and "yes" is none'],
    [
      userFile('emails: { rows: { table: m, foreignKey: p }, value: v, type: { constant: 1 } }'),
      '10:70: emails.type is a string',
    ],
    [userFile('title: "@t"'), '10:7: "@t" needs a prefix (say backend: { prefix: … })'],
  ]
  it.each(cases)('%#: %s', (text, problem) => {
    expect(problemsOf(text)).toContain(problem)
    expect(tryCompile(text, options()).catalog === undefined).toBe(!problem.includes('warning'))
  })

  it('lists all of them at once, in the order of the file', () => {
    const text = userFile('title: t\nnickName: t\nnickNmae: x\nenterprise.manager: { reference: Usr, slot: m }')
    const lines = problemsOf(text).map((problem) => Number(problem.split(':')[0]))
    expect(lines).toEqual([11, 12, 13])
    try {
      compileMapping(text, options())
      expect.unreachable()
    } catch (error) {
      if (!isBridgeError(error)) throw error
      expect(error.reason).toBe('invalidMapping')
      expect(error.detail.split('\n')).toEqual(problemsOf(text).map((problem) => `m.yaml:${problem}`))
    }
  })

  it.each(['', '- a', 'just text', '[]', '{', 'version: 1', 'resources: {}', 'resources: { User: 1 }', 'backend: 1'])(
    'survives %j',
    (text) => {
      expect(problemsOf(text).length).toBeGreaterThan(0)
    },
  )

  it('holds names from the environment to letters, digits and _', () => {
    const text = userFile('title: "${COLUMN}"')
    expect(problemsOf(text, { COLUMN: 'job_title' })).toEqual([])
    expect(problemsOf(text, { COLUMN: 'a; DROP' })).toEqual([
      '10:7: a name from the environment may hold letters, digits and _ only',
    ])
  })
})

describe('ids of two types', () => {
  const both = (user: string, group: string) => `version: 1
backend: { kind: sql }
resources:
  User: { table: { name: u, key: id }, id: ${user}, onDelete: delete, attributes: { userName: n } }
  Group: { table: { name: g, key: id }, id: ${group}, onDelete: delete, attributes: { displayName: n } }
`
  it.each([
    ['id', 'id', false],
    ['id', '{ column: id, prefix: g- }', true],
    ['{ column: id, generate: uuid }', '{ column: id, generate: uuid }', true],
    ['entry_uuid', 'entry_uuid', true],
    ['{ column: id, prefix: x }', '{ column: id, prefix: x }', false],
  ])('%s and %s', (user, group, fine) => {
    expect(problemsOf(both(user, group)).length === 0).toBe(fine)
  })
})

describe('the resource type', () => {
  const names = (list: readonly { readonly name: string }[]) => list.map((one) => one.name)

  it('offers what is carried and nothing else', () => {
    const { type } = userOf(
      'name.givenName: g\nemails[type eq "work"].value: m\nemails[type eq "home"].value: h\nenterprise.department: d',
    )
    expect(names(type.schema.attributes)).toEqual(['userName', 'name', 'emails'])
    const [, name, emails] = type.schema.attributes
    expect(names(name?.subAttributes ?? [])).toEqual(['givenName'])
    expect(names(emails?.subAttributes ?? [])).toEqual(['value', 'type'])
    expect(emails?.subAttributes[1]?.canonicalValues).toEqual(['work', 'home'])
    expect(type.extensions.map(({ schema, required }) => [names(schema.attributes), required])).toEqual([
      [['department'], false],
    ])
    expect(names(type.common)).toEqual(['schemas', 'id', 'meta'])
    expect(type.endpoint).toBe('/Users')
  })

  it('has externalId and meta.created when they are carried', () => {
    const { type } = userOf('externalId: { store: side }\nmeta.created: { slot: c, access: readOnly }')
    expect(names(type.common)).toEqual(['schemas', 'id', 'externalId', 'meta'])
    expect(names(type.common[3]?.subAttributes ?? [])).toEqual(['resourceType', 'created', 'location', 'version'])
  })

  it.each([
    ['readWrite', 'readWrite'],
    ['readOnly', 'readOnly'],
    ['immutable', 'immutable'],
    ['createOnly', 'immutable'],
    ['writeOnly', 'writeOnly'],
  ])('shows access %s as mutability %s', (access, mutability) => {
    const { type } = userOf(`title: { slot: t, access: ${access} }\nname.givenName: { slot: g, access: ${access} }`)
    const [, name, title] = type.schema.attributes
    expect([title?.mutability, name?.mutability, name?.subAttributes[0]?.mutability]).toEqual([
      mutability,
      mutability,
      mutability,
    ])
  })

  it.each([
    ['title: { slot: t, access: readOnly, onWrite: discard }', 'title', 'readOnly', 'readOnly'],
    ['title: { slot: t, access: immutable, onWrite: discard }', 'title', 'immutable', 'createOnly'],
    ['title: { slot: t, access: createOnly, onWrite: discard }', 'title', 'immutable', 'createOnly'],
    ['title: { template: "{userName}", onWrite: discard }', 'title', 'readOnly', 'readOnly'],
    ['title: { constant: Dr, onWrite: discard }', 'title', 'readOnly', 'readOnly'],
    ['name.givenName: { slot: g, access: immutable, onWrite: discard }', 'name', 'immutable', 'createOnly'],
  ])('tells the truth of what it discards: %s', (line, name, mutability, access) => {
    const { type, attributes } = userOf(line)
    const carrier = attributes.find((one) => one.of.name === name)
    expect(type.schema.attributes.find((one) => one.name === name)).toMatchObject({ mutability, onWrite: 'discard' })
    expect(carrier?.kind === 'single' && carrier.leaves.map((leaf) => leaf.access)).toEqual([access])
  })

  it.each([
    ['title: { slot: t, onWrite: discard }', 'only what a client may not change is discarded'],
    ['title: { slot: t, access: writeOnly, onWrite: discard }', 'only what a client may not change is discarded'],
    ['title: { slot: t, access: readOnly, onWrite: ignore }', 'onWrite'],
    [
      'emails: { rows: { table: m, foreignKey: p }, value: { slot: a, access: readOnly, onWrite: discard } }',
      'onWrite is said of emails as a whole',
    ],
    ['enterprise.manager: { reference: User, slot: m, onWrite: discard }', 'only what a client may not change'],
  ])('has no discard for %s', (line, problem) => {
    expect(problemsOf(userFile(line)).join()).toContain(problem)
  })

  it('keeps password writeOnly and a template readOnly', () => {
    const { type } = userOf('password: { slot: p, codec: ssha256 }\ndisplayName: { template: "{userName}" }')
    expect(type.schema.attributes.map((a) => [a.name, a.mutability])).toEqual([
      ['userName', 'readWrite'],
      ['displayName', 'readOnly'],
      ['password', 'writeOnly'],
    ])
  })

  it('refers to the attributes of the pruned type, templates included', () => {
    const mapping = userOf(
      'name.givenName: g\ntitle: { slot: t, access: immutable }\ndisplayName: { slot: d, default: "{name.givenName} ({title})" }',
    )
    const display = mapping.attributes.find((one) => one.of.name === 'displayName')
    const onCreate = display?.kind === 'single' ? display.leaves[0]?.onCreate : undefined
    if (onCreate?.kind !== 'template') throw new Error('no template')
    const refs = onCreate.template.flatMap((part) => (part.kind === 'path' ? [part.ref] : []))
    expect(refs.map((ref) => [ref.name, mapping.type.schema.attributes.includes(ref.attribute)])).toEqual([
      ['name.givenName', true],
      ['title', true],
    ])
  })

  it('makes a custom type over a custom schema, extensions beside it', () => {
    const catalog = catalogOf(
      `version: 1
backend: { kind: memory }
schemas:
  device:
    id: urn:example:schemas:Device
    attributes:
      - { name: serial, required: true, uniqueness: server, caseExact: true }
      - { name: tags, multiValued: true }
      - { name: place, type: complex, subAttributes: [ { name: floor, type: integer } ] }
  asset: { id: "urn:example:schemas:Asset", attributes: [ { name: cost, type: decimal } ] }
resources:
  Device:
    schema: device
    endpoint: /Devices
    extensions: { asset: { required: true } }
    attributes:
      serial: serial
      tags: { slot: tags, many: true }
      place.floor: floor
      asset.cost: cost
      urn:example:schemas:Asset:cost: { slot: cost2, access: readOnly }
`.replace('      urn:example:schemas:Asset:cost: { slot: cost2, access: readOnly }\n', ''),
    )
    const { type, unique, attributes } = typeOf(catalog, 'Device')
    expect(type.schema.id).toBe('urn:example:schemas:Device')
    expect(type.schema.attributes.map((a) => [a.name, a.type, a.multiValued, a.required])).toEqual([
      ['serial', 'string', false, true],
      ['tags', 'string', true, false],
      ['place', 'complex', false, false],
    ])
    expect(type.extensions.map((e) => [e.schema.id, e.required])).toEqual([['urn:example:schemas:Asset', true]])
    expect(unique.map((ref) => ref.name)).toEqual(['serial'])
    expect(attributes.map((a) => [a.of.name, a.kind])).toEqual([
      ['serial', 'single'],
      ['tags', 'elements'],
      ['place', 'single'],
      ['urn:example:schemas:Asset:cost', 'single'],
    ])
  })
})

describe('uniqueness', () => {
  const group = (unique: string) =>
    typeOf(
      catalogOf(`version: 1
backend: { kind: memory }
resources: { Group: { ${unique} attributes: { displayName: n } } }
`),
      'Group',
    ).unique.map((ref) => ref.name)

  it('holds the name of a group unless the file says otherwise', () => {
    expect(group('')).toEqual(['displayName'])
    expect(group('unique: [],')).toEqual([])
  })
})

describe('references', () => {
  const file = `version: 1
backend: { kind: sql }
resources:
  User:
    table: { name: u, key: uid }
    id: { column: uid, prefix: u- }
    onDelete: delete
    attributes:
      userName: n
      groups: { reverse: Group.members, nested: true }
      enterprise.manager: { reference: User, slot: boss, onUnknown: ignore }
  Group:
    table: { name: g, key: [a, b] }
    id: { prefix: g- }
    onDelete: delete
    attributes:
      displayName: n
      members:
        reference: [User, Group]
        through: { table: gm, from: [a, b], to: { User: uid, Group: [ca, cb] }, where: { deleted: 0 } }
        size: large
`
  const catalog = catalogOf(file)
  const reference = (type: string, name: string) => {
    const found = typeOf(catalog, type).attributes.find((one) => one.of.attribute.name === name)
    if (found?.kind !== 'reference') throw new Error(`no reference ${name}`)
    return found.reference
  }

  it('knows where each is kept', () => {
    expect(reference('Group', 'members')).toMatchObject({
      key: 'Group.members',
      to: ['User', 'Group'],
      size: 'large',
      place: {
        kind: 'through',
        table: 'gm',
        from: ['a', 'b'],
        to: { User: ['uid'], Group: ['ca', 'cb'] },
        where: equalTo({ deleted: 0 }),
      },
    })
    expect(reference('User', 'groups')).toMatchObject({
      to: ['Group'],
      access: 'readOnly',
      place: { kind: 'reverse', of: 'Group.members', nested: true },
    })
    expect(reference('User', 'manager')).toMatchObject({
      key: 'User.urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager',
      size: 'one',
      onUnknown: 'ignore',
      place: { kind: 'field', slot: { key: 'boss' }, by: undefined },
    })
  })

  it('always shows value, $ref and the rest that a link has', () => {
    const subs = (type: string, name: string) => reference(type, name).of.attribute.subAttributes.map((sub) => sub.name)
    expect(subs('Group', 'members')).toEqual(['value', '$ref', 'display', 'type'])
    expect(subs('User', 'manager')).toEqual(['value', '$ref', 'displayName'])
    expect(subs('User', 'groups').toSorted()).toEqual(['$ref', 'display', 'type', 'value'])
  })

  it('tells each type what points at it', () => {
    const inbound = (type: string) =>
      typeOf(catalog, type).inbound.map((one) => `${one.from} ${one.reference.of.attribute.name}`)
    expect(inbound('User')).toEqual(['User manager', 'Group members'])
    expect(inbound('Group')).toEqual(['Group members'])
  })

  it('takes the short form of a join table', () => {
    const short = file.replace(
      /through: \{.*/,
      'through: gm\n        from: [a, b]\n        to: { User: uid, Group: [ca, cb] }\n        where: { deleted: 0 }',
    )
    expect(typeOf(catalogOf(short), 'Group').attributes.find((one) => one.kind === 'reference')).toEqual(
      typeOf(catalog, 'Group').attributes.find((one) => one.kind === 'reference'),
    )
  })
})

describe('tables', () => {
  it('puts prefix and tenant where they belong', () => {
    const catalog = catalogOf(
      userFile('emails: { rows: { table: "@mail", foreignKey: pid }, value: v }', '{ name: "@user", key: id }').replace(
        'dialect: sqlite',
        'dialect: sqlite, prefix: "${P:-app_}", tenant: { tenant_id: 7 }',
      ),
    )
    const { table, attributes } = typeOf(catalog)
    const rows = attributes.find((one) => one.kind === 'rows')
    expect(table).toMatchObject({ name: 'app_user', where: equalTo({ tenant_id: 7 }) })
    expect(rows).toMatchObject({ rows: { table: 'app_mail', where: equalTo({ tenant_id: 7 }) } })
  })

  it('reads what a create and a write set', () => {
    const { set } = userOf(
      'title: t',
      '{ name: p, key: id, set: { create: { a: 1, b: now, c: { generate: uuid }, d: { random: hex, length: 8 }, e: "x-{userName}", f: null }, write: { g: { now: epoch } } } }',
    )
    expect(set.create.map((one) => [one.slot.key, one.value.kind])).toEqual([
      ['a', 'constant'],
      ['b', 'now'],
      ['c', 'generate'],
      ['d', 'generate'],
      ['e', 'template'],
      ['f', 'constant'],
    ])
    expect(set.create[3]?.value).toEqual({
      kind: 'generate',
      generate: { kind: 'random', length: 8, alphabet: '0123456789abcdef' },
    })
    expect(set.write.map((one) => one.slot.key)).toEqual(['g'])
  })

  it.each([
    ['delete', { kind: 'delete' }],
    ['{ set: { s: X } }', { kind: 'set', hide: undefined }],
    [
      '{ set: { s: X, at: now }, hide: true }',
      { hide: { kind: 'and', of: [{ test: { op: 'in', values: ['X'] } }, { kind: 'not' }] } },
    ],
    ['{ set: { s: X }, hide: { d: { above: 0 } } }', { hide: { slot: { key: 'd' }, test: { op: 'gt', value: 0 } } }],
    [
      '{ set: { s: X }, hide: { d: { in: [1, null] } } }',
      { hide: { kind: 'or', of: [{ test: { op: 'in', values: [1] } }, { test: { op: 'absent' } }] } },
    ],
    ['{ set: { s: X }, hide: { d: null } }', { hide: { test: { op: 'absent' } } }],
  ])('onDelete %s', (said, expected) => {
    expect(typeOf(catalogOf(plain.replace('onDelete: delete', `onDelete: ${said}`))).onDelete).toMatchObject(expected)
  })
})

describe('the JSON Schema for editors', () => {
  it('is the one that is shipped', () => {
    const shipped = readFileSync(new URL('../../mappings/mapping.schema.json', import.meta.url), 'utf8')
    expect(JSON.parse(shipped)).toEqual(JSON.parse(JSON.stringify(mappingJsonSchema())))
  })
})
