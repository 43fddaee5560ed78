import { describe, expect, it } from 'vitest'
import { containerOf, isDn, isAtOrBelow } from '../../../src/mapping/dn/containers.ts'

describe('a distinguished name', () => {
  it.each([
    'dc=com',
    'ou=people,dc=example,dc=com',
    'cn=Berg\\, Ada+uid=ada , dc=x',
    'cn=\\23 1,dc=x',
    'cn=#04024869,dc=x',
    'cn=B\\C3\\A4r,dc=x',
    '2.5.4.3=x',
    'cn=a=b,dc=x',
    'cn= \\ a\\ ,dc=x',
    // as older writers have it (RFC 2253 section 4)
    'ou=people;dc=x',
    'cn="a",dc=x',
  ])('is %s', (text) => {
    expect(isDn(text)).toBe(true)
  })

  it.each(['', 'people', 'ou=,dc=x', '=x', 'cn=a,', ',dc=x', 'c n=a', 'cn=a\\', 'cn=a<b'])('is not %j', (text) => {
    expect(isDn(text)).toBe(false)
  })
})

describe('what lies within', () => {
  it.each([
    ['ou=a,dc=x', 'dc=x', true],
    ['dc=x', 'dc=x', true],
    ['dc=x', 'ou=a,dc=x', false],
    ['OU=A , DC=X', 'ou=a,dc=x', true],
    ['cn=b,ou=two  words,dc=x', 'ou=Two Words,dc=x', true],
    ['cn=a\\,dc=x', 'dc=x', false],
    ['cn=a+uid=b,dc=x', 'uid=B+cn=A,dc=x', true],
    ['ou=b\\c3\\a4r,dc=x', 'ou=Bär,dc=x', true],
    ['ou=a\\2Cb,dc=x', 'ou=a\\,b,dc=x', true],
    ['ou=ab,dc=xx', 'dc=x', false],
    ['nonsense', 'dc=x', false],
  ])('%s within %s: %j', (dn, base, expected) => {
    expect(isAtOrBelow(dn, base)).toBe(expected)
  })

  const listed = ['ou=people,dc=x', 'ou=disabled,ou=people,dc=x', 'OU=Other,dc=x']
  it.each([
    ['uid=a,ou=people,dc=x', 'ou=people,dc=x'],
    ['uid=a,ou=Disabled,ou=people,dc=x', 'ou=disabled,ou=people,dc=x'],
    ['uid=a,ou=deep,ou=disabled,ou=people,dc=x', 'ou=disabled,ou=people,dc=x'],
    ['ou=disabled,ou=people,dc=x', 'ou=people,dc=x'],
    ['uid=a,ou=other,dc=x', 'OU=Other,dc=x'],
    ['uid=a,dc=x', undefined],
  ])('%s is in %s', (entry, expected) => {
    expect(containerOf(listed, entry)).toBe(expected)
  })
})
