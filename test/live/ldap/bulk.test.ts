import { describe } from 'vitest'
import { holdBulk } from '../../conformance/hold-bulk.ts'
import { describeServer } from '../../servers/with-server.ts'
import { served } from '../../wire/playground.ts'

// the playgrounds start servers of their own; that there is one to be had is told by the shared one
await describeServer('openldap', 'bulk in a directory', () => {
  for (const name of ['openldap', 'openldap-bare']) describe(name, () => holdBulk(() => served(name, { empty: true })))
})
