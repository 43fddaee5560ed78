import { describe, expect, it } from 'vitest'
import { BridgeError } from '../../src/base/errors.ts'
import { printFilter } from '../../src/scim/filter-print.ts'
import { parseAttributePath, parsePath } from '../../src/scim/path-parse.ts'
import { printPath } from '../../src/scim/path-print.ts'

const user = 'urn:ietf:params:scim:schemas:core:2.0:User'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const refusal = (run: () => unknown): BridgeError => {
  try {
    run()
  } catch (error) {
    if (error instanceof BridgeError) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('parsePath', () => {
  const paths: readonly (readonly [text: string, parts: readonly (string | undefined)[], where: string | undefined])[] =
    [
      ['userName', [undefined, 'userName', undefined], undefined],
      ['name.givenName', [undefined, 'name', 'givenName'], undefined],
      ['emails[type eq "work"]', [undefined, 'emails', undefined], 'type eq "work"'],
      ['emails[type eq "work"].value', [undefined, 'emails', 'value'], 'type eq "work"'],
      ['members[value eq "a].b"]', [undefined, 'members', undefined], 'value eq "a].b"'],
      ['members[value pr].$ref', [undefined, 'members', '$ref'], 'value pr'],
      [`${user}:name.givenName`, [user, 'name', 'givenName'], undefined],
      [`${user}:emails[type eq "work"].value`, [user, 'emails', 'value'], 'type eq "work"'],
      [`${enterprise}:manager.value`, [enterprise, 'manager', 'value'], undefined],
      ['URN:X:Y:z', ['URN:X:Y', 'z', undefined], undefined],
      ['urn:example:hr:2.0', ['urn:example:hr:2.0', '', undefined], undefined],
    ]
  it.each(paths)('%s', (text, [urn, name, sub], where) => {
    const path = parsePath(text)
    expect(path.attr).toEqual({ urn, name, sub })
    expect(path.where && printFilter(path.where)).toBe(where)
  })

  it('keeps a bare schema URN whole when printed', () => {
    expect(printPath(parsePath(enterprise).attr)).toBe(enterprise)
    expect(printPath(parsePath('urn:example:hr:2.0').attr)).toBe('urn:example:hr:2.0')
  })

  const broken: readonly (readonly [text: string, reason: string, position: number])[] = [
    ['', 'invalidPath', 1],
    ['nickName.', 'invalidPath', 10],
    ['nick Name', 'invalidPath', 6],
    ['name.a.b', 'invalidPath', 7],
    ['__proto__.polluted', 'invalidPath', 1],
    ['"userName"', 'invalidPath', 1],
    ['emails[type eq "work"].value.x', 'invalidPath', 24],
    ['emails[type eq "work"]value', 'invalidPath', 23],
    ['emails[type eq "work"].value x', 'invalidPath', 30],
    ['emails.value[type eq "work"]', 'invalidPath', 13],
    ['emails[type eq "work"][value pr]', 'invalidPath', 23],
    ['emails[]', 'invalidFilter', 8],
    ['emails[0]', 'invalidFilter', 8],
    ['emails[type bad "work"]', 'invalidFilter', 13],
    ["emails[type eq 'work'].value", 'invalidFilter', 16],
    ['emails[broken!!!filter', 'invalidFilter', 8],
  ]
  it.each(broken)('refuses %s', (text, reason, position) => {
    const error = refusal(() => parsePath(text))
    expect(error.reason).toBe(reason)
    const [head = '', , pointer = ''] = error.detail.split('\n')
    expect(head).toContain(`position ${position}:`)
    expect(pointer.length).toBe(2 + position)
  })

  it('refuses deep nesting and long text as a path', () => {
    expect(refusal(() => parsePath('a['.repeat(5000))).reason).toBe('invalidPath')
    expect(refusal(() => parsePath('a'.repeat(16_385))).reason).toBe('invalidPath')
  })
})

describe('parseAttributePath', () => {
  it('tolerates the spaces of a list', () => {
    expect(parseAttributePath(' name.givenName ')).toEqual({ urn: undefined, name: 'name', sub: 'givenName' })
  })

  it.each(['emails[type eq "work"]', '', 'a b', 'a..b', 'urn:', 'urn:x:y:'])('refuses %j', (text) => {
    expect(refusal(() => parseAttributePath(text)).reason).toBe('invalidPath')
  })
})
