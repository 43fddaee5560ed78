import type { ServerKind } from './server.ts'

const name = 'SCIM_BRIDGE_TEST_SERVERS'

/**
 * `SCIM_BRIDGE_TEST_SERVERS` says which servers the tests may have: `none`, `all`, or a list such as `postgres`.
 * With `require` a server that cannot be had is a failure, not a skip. Unset, tests take what they can get.
 */
export function wanted(
  kind: ServerKind,
  said: string = process.env[name] ?? 'all',
): { readonly missing?: string; readonly required: boolean } {
  const words = said.split(',').map((word) => word.trim())
  if (words.includes('require')) return { required: true }
  if (words.includes('all') || words.includes(kind)) return { required: false }
  return { missing: `${name} is ${said}`, required: false }
}
