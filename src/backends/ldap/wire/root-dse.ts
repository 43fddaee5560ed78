import type { Search } from '../operation.ts'

/** The entry that every server has and most show to everybody (RFC 4512 section 5.1): any answer is a sign of life. */
export const rootDse: Search = {
  kind: 'search',
  base: '',
  scope: 'base',
  filter: { kind: 'present', attribute: 'objectClass' },
  attributes: ['1.1'],
  binary: new Set(),
}
