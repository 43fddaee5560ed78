import { describe, expect, it } from 'vitest'
import type { LdapFilter } from '../../src/backends/ldap/filter.ts'
import { allOf, equal } from '../../src/backends/ldap/filter.ts'
import type { Operation } from '../../src/backends/ldap/operation.ts'
import { printOperation } from '../../src/backends/ldap/print.ts'
import type { LoggedOperation } from '../servers/slapd-log.ts'
import { departure } from './ldap-same-as-log.ts'

const base = 'ou=people,dc=x'
const search = (filter: LdapFilter, attributes: readonly string[] = ['uid']): Operation => ({
  ...{ kind: 'search', base, scope: 'one', filter, attributes, binary: new Set<string>() },
})
const logged = (filter: string, attributes: readonly string[] = ['uid']): LoggedOperation => ({
  ...{ kind: 'search', connection: 1, text: filter, base, scope: 'one', filter, isCut: false, attributes },
})
const modified = (dn: string, attributes: readonly string[]): LoggedOperation => ({
  ...{ kind: 'modify', connection: 1, text: dn, dn, attributes },
})

const ada = 'uid=ada,ou=people,dc=x'
const quiet = { dnOf: () => ada, names: () => true, isRefused: false, isEmpty: false }
const told = (operation: Operation, note?: string) => printOperation(operation, note)
const change: Operation = {
  kind: 'modify',
  dn: ada,
  changes: [{ op: 'add', attribute: 'member', values: ['x'] }],
}
const person = equal('objectClass', 'inetOrgPerson')
const ofManager = told(search(allOf([person, equal('entryDN', '‹manager›')])), 'User.manager')
const listed = told(search(person), 'unless there are more than 10')

describe('a log is what was explained', () => {
  it.each([
    ['in the form of the server', [told(search(equal('cn', 'Zoë *  B')))], [logged('(cn=zoë \\2A b)')]],
    [
      'a DN in another spelling',
      [told(search(equal('manager', 'UID=Ada, ou=people,dc=x')))],
      [logged(`(manager=${ada})`)],
    ],
    [
      'several for one that is not known',
      [ofManager],
      [logged('(&(objectClass=inetOrgPerson)(|(entryDN=a=b)(entryDN=c=d)))')],
    ],
    [
      'a walk where there are more',
      [listed],
      [logged('(objectClass=inetOrgPerson)'), logged('(objectClass=inetOrgPerson)', ['uid'])],
    ],
    [
      'of each of them',
      [told(change, 'the name goes, from each of them')],
      [modified(ada, ['member']), modified(ada, ['member'])],
    ],
    ['of nobody', [told(change, 'the name goes, from each of them')], []],
  ])('%s', (_, operations, log) => expect(departure(operations, log, quiet)).toBeUndefined())
})

describe('a log departs', () => {
  it.each([
    ['an operation too many', [told(change)], [modified(ada, ['member']), logged('(cn=x)')]],
    ['an operation too few', [told(change), told(search(person))], [modified(ada, ['member'])]],
    [
      'another order',
      [told(change), told(search(person))],
      [logged('(objectClass=inetOrgPerson)'), modified(ada, ['member'])],
    ],
    ['another value', [told(search(equal('cn', 'a')))], [logged('(cn=b)')]],
    ['another attribute', [told(search(person))], [logged('(objectClass=inetOrgPerson)', ['uid', 'cn'])]],
    [
      'another scope',
      [told(search(person))],
      [{ ...logged('(objectClass=inetOrgPerson)'), scope: 'sub' } as LoggedOperation],
    ],
    [
      'another base',
      [told(search(person))],
      [{ ...logged('(objectClass=inetOrgPerson)'), base: 'dc=x' } as LoggedOperation],
    ],
    [
      'another entry',
      [told({ ...change, dn: '‹DN of aaaaaaaa-0000-4000-8000-000000000001›' } as Operation)],
      [modified('uid=bob,dc=x', ['member'])],
    ],
    ['a change of another attribute', [told(change)], [modified(ada, ['member', 'title'])]],
    ['a look-up that had to be made', [ofManager], []],
    ['several where one is known', [told(search(equal('cn', 'a')))], [logged('(|(cn=a)(cn=b))')]],
    [
      'a walk after something else',
      [told(search(person))],
      [logged('(objectClass=inetOrgPerson)'), logged('(objectClass=inetOrgPerson)')],
    ],
  ])('by %s', (_, operations, log) => expect(departure(operations, log, quiet)).toBeDefined())
})
