import { expect, it } from 'vitest'
import { nearest } from '../../src/scim/nearest.ts'

const known = ['userName', 'name.givenName', 'emails.value', 'id', 'type']

it.each([
  ['username', 'userName'],
  ['usrName', 'userName'],
  ['userNmae', 'userName'],
  ['emails.valeu', 'emails.value'],
  ['tpye', 'type'],
  ['name.givenNames', 'name.givenName'],
  ['ip', undefined],
  ['user', undefined],
  ['favouriteColour', undefined],
  ['', undefined],
  ['x'.repeat(100_000), undefined],
])('%s', (name, meant) => {
  expect(nearest(name, known)).toBe(meant)
})
