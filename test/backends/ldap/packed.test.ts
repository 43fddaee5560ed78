import { describe, expect, it } from 'vitest'
import { packed } from '../../../src/backends/ldap/packed.ts'

describe('values out of the heap', () => {
  const texts = ['uid=ann,ou=people', '', 'cn=Ünal İ,ou=people', 'cn=😀\n\0', 'x']

  it('come out as they went in, some at a time', () => {
    const values = packed(texts)
    expect(values).toHaveLength(texts.length)
    for (let from = 0; from <= texts.length; from++)
      for (let to = from; to <= texts.length + 2; to++) expect(values.slice(from, to)).toEqual(texts.slice(from, to))
  })

  it('stay as they are when they are bytes', () => {
    const bytes = [Uint8Array.of(0xff, 0), 'text']
    expect(packed(bytes).slice(0, 2)).toEqual(bytes)
    expect(packed([]).slice(0, 1)).toEqual([])
  })
})
