import { describe, expect, it } from 'vitest'
import { BridgeError } from '../../src/base/errors.ts'
import { parseFilter } from '../../src/scim/filter-parse.ts'
import { printFilter } from '../../src/scim/filter-print.ts'
import { resolveFilter, resolveWhere } from '../../src/scim/filter-resolve.ts'
import { parseAttributePath } from '../../src/scim/path-parse.ts'
import { findPath, resolvePath, schemaOf } from '../../src/scim/path-resolve.ts'
import type { QuirkName } from '../../src/scim/quirks.ts'
import { attribute } from '../../src/scim/schema.ts'
import type { ResourceType } from '../../src/scim/schema.ts'
import { groupType, userType } from './types.ts'

const user = 'urn:ietf:params:scim:schemas:core:2.0:User'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** The User with an attribute of every type that the RFC's own does not have. */
const wide: ResourceType = {
  ...userType,
  schema: {
    ...userType.schema,
    attributes: [
      ...userType.schema.attributes,
      attribute('age', { type: 'integer' }),
      attribute('weight', { type: 'decimal' }),
      attribute('hiredOn', { type: 'dateTime' }),
      attribute('key', { type: 'binary' }),
      attribute('tags', { multiValued: true }),
      attribute('pins', {
        type: 'complex',
        subAttributes: [attribute('value', { returned: 'never' }), attribute('hint')],
      }),
    ],
  },
}

const refusal = (run: () => unknown): BridgeError => {
  try {
    run()
  } catch (error) {
    if (error instanceof BridgeError) return error
    throw error
  }
  throw new Error('it was accepted')
}

const resolved = (text: string, ...quirks: readonly QuirkName[]): string =>
  printFilter(resolveFilter(parseFilter(text), wide, new Set(quirks)))

describe('resolveFilter', () => {
  const rewritten: readonly (readonly [text: string, canonical: string])[] = [
    ['USERNAME eq "x"', 'userName eq "x"'],
    ['Name.GIVENname eq "x"', 'name.givenName eq "x"'],
    [`${user.toUpperCase()}:userName eq "x"`, 'userName eq "x"'],
    [`${user}:id eq "x"`, 'id eq "x"'],
    [`${enterprise.toUpperCase()}:DEPARTMENT pr`, `${enterprise}:department pr`],
    ['department pr', `${enterprise}:department pr`],
    ['manager eq "26118915"', `${enterprise}:manager.value eq "26118915"`],
    ['meta.lastModified gt "2011-05-13T04:42:34Z"', 'meta.lastModified gt "2011-05-13T04:42:34Z"'],
    ['userName ne "x"', 'not (userName eq "x")'],
    ['title eq null', 'not (title pr)'],
    ['title ne null', 'title pr'],
    ['emails co "x"', 'emails.value co "x"'],
    ['emails ne "x"', 'not (emails.value eq "x")'],
    ['emails pr', 'emails pr'],
    ['emails[type NE "work"]', 'emails[not (type eq "work")]'],
    ['name[givenName eq "x"]', 'name pr and name.givenName eq "x"'],
    ['tags[value sw "x"]', 'tags[value sw "x"]'],
    ['tags eq "x"', 'tags eq "x"'],
    ['hiredOn eq "2024-01-01T02:00:00.5000+02:00"', 'hiredOn eq "2024-01-01T00:00:00.5Z"'],
    ['hiredOn sw "2024-01"', 'hiredOn sw "2024-01"'],
    ['age gt 17.5', 'age gt 17.5'],
    ['key eq "TUk="', 'key eq "TUk="'],
  ]
  it.each(rewritten)('%s', (text, canonical) => {
    expect(resolved(text)).toBe(canonical)
  })

  const refused: readonly (readonly [text: string, problem: RegExp])[] = [
    ['favouriteColour eq "red"', /unknown attribute "favouriteColour" of User$/],
    ['usrName eq "x"', /did you mean "userName"/],
    ['emails.valeu eq "x"', /did you mean "emails.value"/],
    ['emails[tpye eq "x"]', /unknown attribute "tpye" of emails; did you mean "type"/],
    ['emails[emails.type eq "x"]', /unknown attribute "emails.type" of emails/],
    ['userName.x eq "x"', /has no sub-attributes/],
    ['urn:unknown:schema:attr eq "x"', /unknown attribute "urn:unknown:schema:attr"/],
    [`${enterprise}:userName eq "x"`, /unknown attribute/],
    [`${enterprise} pr`, /unknown attribute/],
    ['password eq "x"', /"password" cannot be filtered by/],
    ['password pr', /"password" cannot be filtered by/],
    ['userName pr and not (PassWord sw "x")', /"password" cannot be filtered by/],
    ['pins eq "x"', /"pins.value" cannot be filtered by/],
    ['pins[value pr]', /"pins.value" cannot be filtered by/],
    ['name eq "x"', /complex: compare one of its sub-attributes, such as "name.formatted"/],
    ['addresses co "x"', /such as "addresses.formatted"/],
    ['userName[value eq "x"]', /takes no value filter/],
    ['emails.type[value eq "x"]', /takes no value filter/],
    ['tags[type eq "x"]', /unknown attribute "type" of tags/],
    ['active gt true', /boolean: "gt"/],
    ['emails.primary co "t"', /boolean: "co"/],
    ['active eq "true"', /true or false/],
    ['active eq 1', /true or false/],
    ['age co 1', /number: "co"/],
    ['age eq "1"', /without quotes/],
    ['weight eq true', /without quotes/],
    ['hiredOn gt "yesterday"', /date and time/],
    ['hiredOn eq "2024-02-30T00:00:00Z"', /date and time/],
    ['hiredOn eq 2024', /date and time/],
    ['key gt "TUk="', /binary: "gt"/],
    ['key eq 1', /base64/],
    ['userName eq true', /text/],
    ['userName eq 1', /text/],
    ['userName gt null', /"gt" cannot be used with null/],
    ['__proto__ pr', /attribute name/],
    ['constructor pr', /unknown attribute "constructor"/],
    ['name.toString pr', /unknown attribute "name.toString"/],
  ]
  it.each(refused)('refuses %s', (text, problem) => {
    const error = refusal(() => resolved(text))
    expect(error.reason).toBe('invalidFilter')
    expect(error.detail).toMatch(problem)
  })

  it('understands what clients write under quirks', () => {
    expect(resolved('roles[primary eq "True"]', 'stringBoolean')).toBe('roles[primary eq true]')
    expect(refusal(() => resolved('active eq "yes"', 'stringBoolean')).reason).toBe('invalidFilter')
    expect(resolved('externalId eq 4711', 'bareFilterValue')).toBe('externalId eq "4711"')
    expect(refusal(() => resolved('externalId gt 4711', 'bareFilterValue')).reason).toBe('invalidFilter')
  })

  it('takes a name without URN from an extension only when exactly one has it', () => {
    const [extension] = userType.extensions
    const twice: ResourceType = {
      ...userType,
      extensions: [
        ...userType.extensions,
        { required: false, schema: { ...extension!.schema, id: 'urn:example:hr:2.0:User' as never } },
      ],
    }
    expect(findPath(parseAttributePath('department'), twice)).toBeUndefined()
    expect(findPath(parseAttributePath('urn:example:hr:2.0:User:department'), twice)?.name).toBe(
      'urn:example:hr:2.0:User:department',
    )
  })

  it('knows nothing that the type does not carry', () => {
    expect(refusal(() => resolveFilter(parseFilter('userName eq "x"'), groupType)).detail).toMatch(/unknown attribute/)
  })
})

describe('resolveWhere', () => {
  it('looks names up inside the parent', () => {
    const emails = resolvePath(parseAttributePath('emails'), userType, 'invalidPath')
    const where = resolveWhere(parseFilter('TYPE eq "work"'), emails)
    expect(where).toMatchObject({ kind: 'compare', attr: { name: 'emails.type', sub: { name: 'type' } } })
  })
})

describe('resolvePath', () => {
  it.each(['invalidFilter', 'invalidPath', 'invalidValue'] as const)('fails as %s when asked to', (reason) => {
    expect(refusal(() => resolvePath(parseAttributePath('nope'), userType, reason)).reason).toBe(reason)
  })

  it('does not show a long name in full', () => {
    const error = refusal(() => resolvePath(parseAttributePath('x'.repeat(5000)), userType, 'invalidPath'))
    expect(error.detail.length).toBeLessThan(200)
  })

  it('finds a schema by its bare URN', () => {
    expect(schemaOf(parseAttributePath(enterprise.toUpperCase()), userType)?.id).toBe(enterprise)
    expect(schemaOf(parseAttributePath(user), userType)?.id).toBe(user)
    expect(schemaOf(parseAttributePath(`${user}:userName`), userType)).toBeUndefined()
    expect(schemaOf(parseAttributePath('userName'), userType)).toBeUndefined()
  })
})
