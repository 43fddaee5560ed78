import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dnText } from '../../../src/mapping/dn/dn.ts'
import { dnKey } from '../../../src/mapping/dn/dn-key.ts'
import { dnKeys } from '../../../src/backends/ldap/dn-keys.ts'
import { parseDn } from '../../../src/mapping/dn/parse-dn.ts'
import { standardSchema } from '../../../src/backends/ldap/standard-schema.ts'

const keyOf = dnKeys(standardSchema)
const slow = (text: string): string | undefined => {
  const dn = parseDn(text)
  return dn === undefined ? undefined : dnKey(dn, standardSchema)
}

describe('the key of a DN that is made quickly', () => {
  it.each([
    'uid=ann,ou=people,dc=example,dc=com',
    'UID=Ann,OU=People,DC=Example,DC=com',
    'commonName=Ann Berg,ou=people,dc=example,dc=com',
    'cn=Ann  Berg,ou=people,dc=example,dc=com',
    'cn= Ann Berg ,ou=people,dc=example,dc=com',
    'cn=Berg\\2c Ann,ou=people,dc=example,dc=com',
    'cn=Berg\\, Ann,ou=people,dc=example,dc=com',
    'cn=Å,ou=people,dc=example,dc=com',
    'cn=a+uid=b,ou=people,dc=example,dc=com',
    'cn=a, ou=people, dc=example, dc=com',
    'memberUid=Ann,dc=example',
    'nobodyKnows=Ann,dc=example',
    '2.5.4.3=Ann,dc=example',
    'cn=a,nonsense',
    'cn=a,',
    'cn=a',
    'nonsense',
    '',
  ])('is what it is otherwise: %s', (text) => {
    expect(keyOf(text)).toBe(slow(text))
    expect(keyOf(text), 'and again, from what is kept').toBe(slow(text))
  })

  it('is what it is otherwise, of any name below any', () => {
    const ava = fc.record({
      attribute: fc.constantFrom('cn', 'uid', 'OU', 'dc', 'memberUid', 'sn'),
      value: fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }),
    })
    fc.assert(
      fc.property(fc.array(ava, { minLength: 1, maxLength: 4 }), (avas) => {
        const text = dnText(avas.map((one) => [one]))
        expect(keyOf(text)).toBe(slow(text))
      }),
      { numRuns: 1000 },
    )
  })
})
