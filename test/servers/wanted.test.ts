import { expect, it } from 'vitest'
import { wanted } from './wanted.ts'

it.each([
  ['all', undefined, false],
  ['none', 'SCIM_BRIDGE_TEST_SERVERS is none', false],
  ['mariadb', undefined, false],
  ['postgres', 'SCIM_BRIDGE_TEST_SERVERS is postgres', false],
  ['postgres, mariadb', undefined, false],
  ['require', undefined, true],
] as const)('reads the wish for servers: %s', (said, missing, required) => {
  expect(wanted('mariadb', said)).toEqual(missing === undefined ? { required } : { missing, required })
})
