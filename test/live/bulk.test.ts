import { holdBulk } from '../conformance/hold-bulk.ts'
import { titles } from '../servers/server.ts'
import { describeServer } from '../servers/with-server.ts'
import { served } from '../wire/playground.ts'
import { dialectOf } from './stand.ts'

for (const kind of ['mariadb', 'postgres'] as const)
  await describeServer(kind, `bulk on ${titles[kind]}`, (server) =>
    holdBulk(() =>
      served(`conformance-${dialectOf[kind]}`, { empty: true, env: { SCIM_BRIDGE_PLAYGROUND_URL: server.adminUrl } }),
    ),
  )
