import { expect, it } from 'vitest'
import type { AttributeType, ObjectClass } from '../../../src/backends/ldap/schema.ts'
import { standardSchema } from '../../../src/backends/ldap/standard-schema.ts'
import { schemaFrom } from '../../../src/backends/ldap/subschema.ts'
import { describeSlapd } from './slapd.ts'

it('finds names whatever their case, by OID too, and nothing that an object has by itself', () => {
  expect(standardSchema.attribute('SURNAME')?.names).toEqual(['sn', 'surname'])
  expect(standardSchema.attribute('2.5.4.4')).toBe(standardSchema.attribute('sn;lang-en'))
  expect(standardSchema.attribute('userCertificate;binary')?.oid).toBe('2.5.4.36')
  expect(standardSchema.objectClass('INETORGPERSON')?.must).toEqual(['sn', 'cn', 'objectClass'])
  expect(standardSchema.objectClass('2.5.6.6')?.names).toEqual(['person'])
  for (const name of ['__proto__', 'constructor', 'toString', '']) {
    expect(standardSchema.attribute(name)).toBeUndefined()
    expect(standardSchema.objectClass(name)).toBeUndefined()
  }
})

it('names nothing in a class that is no attribute', () => {
  for (const name of standardSchema.objectClassNames) {
    const { must, may } = standardSchema.objectClass(name) as ObjectClass
    expect([...must, ...may].filter((one) => standardSchema.attribute(one) === undefined)).toEqual([])
  }
})

await describeSlapd('the standard schema is what OpenLDAP has', '', ({ client }) => {
  const ask = async () => {
    const { searchEntries } = await client.search('cn=Subschema', {
      scope: 'base',
      attributes: ['attributeTypes', 'objectClasses'],
    })
    const [entry] = searchEntries
    return schemaFrom({
      attributeTypes: entry?.['attributeTypes'] as string[],
      objectClasses: entry?.['objectClasses'] as string[],
    })
  }
  it('in each attribute', async () => {
    const live = await ask()
    const all = new Set(standardSchema.attributeNames.map((name) => standardSchema.attribute(name)))
    expect(all.size).toBeGreaterThan(110)
    const ours = [...all] as AttributeType[]
    expect(ours).toEqual(ours.map(({ oid }) => live.attribute(oid)))
  })

  it('in each class', async () => {
    const live = await ask()
    // some of its classes say userid for uid
    const plain = (names: readonly string[]): readonly (string | undefined)[] =>
      names.map((name) => live.attribute(name)?.names[0]).sort()
    const bare = (one: ObjectClass | undefined) =>
      one && { ...one, must: plain(one.must), may: plain([...new Set(one.may)]) }
    for (const name of standardSchema.objectClassNames) {
      expect(bare(standardSchema.objectClass(name))).toEqual(bare(live.objectClass(name)))
    }
  })
})
