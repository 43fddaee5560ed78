import { holdCharacteristics } from '../conformance/characteristics.ts'
import { holdDataTypes } from '../conformance/data-types.ts'
import { holdOddBodies } from '../conformance/odd-bodies.ts'
import { holdResources } from '../conformance/resources.ts'
import { titles } from '../servers/server.ts'
import { describeServer } from '../servers/with-server.ts'
import { served } from '../wire/playground.ts'
import { dialectOf } from './stand.ts'

for (const kind of ['mariadb', 'postgres'] as const)
  await describeServer(kind, `a type of every characteristic on ${titles[kind]}`, (server) => {
    const open = () =>
      served(`conformance-${dialectOf[kind]}`, {
        empty: true,
        profile: 'strict',
        env: { SCIM_BRIDGE_PLAYGROUND_URL: server.adminUrl },
      })
    holdCharacteristics(open)
    holdDataTypes(open)
    holdOddBodies(open)
    holdResources(open)
  })
