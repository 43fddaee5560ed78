import { describe, expect, it } from 'vitest'
import { scimId } from '../../../src/base/brand.ts'
import { endNames } from '../../../src/backends/ldap/end-names.ts'
import type { End } from '../../../src/backends/ldap/ends.ts'

const end = (id: string): End => ({
  link: { type: 'User', id: scimId(id) },
  entry: { dn: `uid=${id}`, values: new Map() },
})

describe('who is behind a DN', () => {
  it('is known for a while, for the reference that asked', () => {
    let time = 0
    const names = endNames(() => time)
    names.keep('User.manager', 'ann', end('1'))
    expect(names.find('User.manager', 'ann')).toEqual(end('1'))
    expect(names.find('User.assistant', 'ann')).toBeUndefined()
    time = 14_999
    expect(names.find('User.manager', 'ann')).toBeDefined()
    time = 15_000
    expect(names.find('User.manager', 'ann')).toBeUndefined()
  })

  it.each<[string, string, string | undefined]>([
    ['is met under another name', '1', 'anna'],
    ['is nowhere', '1', undefined],
    ['has lost the name to another', '2', 'ann'],
  ])('is not known any more when the id %s', (_, id, key) => {
    const names = endNames(() => 0)
    names.keep('User.manager', 'ann', end('1'))
    names.met(scimId(id), key)
    expect(names.find('User.manager', 'ann')).toBeUndefined()
  })

  it('stays when the entry is met where it was, and when others are', () => {
    const names = endNames(() => 0)
    names.keep('User.manager', 'ann', end('1'))
    names.met(scimId('1'), 'ann')
    names.met(scimId('2'), 'bob')
    names.met(scimId('3'), undefined)
    expect(names.find('User.manager', 'ann')).toEqual(end('1'))
  })

  it('is forgotten, the oldest first, when there are too many', () => {
    const names = endNames(() => 0)
    for (let i = 0; i <= 10_000; i++) names.keep('User.manager', `n${i}`, end(String(i)))
    expect(names.find('User.manager', 'n0')).toBeUndefined()
    expect(names.find('User.manager', 'n1')).toBeDefined()
    expect(names.find('User.manager', 'n10000')).toBeDefined()
  })
})
