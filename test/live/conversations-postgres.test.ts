import { holdFilterCases } from '../conformance/filter-cases.ts'
import { holdFilterLetter } from '../conformance/filter-letter.ts'
import { holdPatchCases } from '../conformance/patch-cases.ts'
import { holdConversations } from '../idp/conversations.ts'
import { holdTalks } from '../idp/conversations/hold-talks.ts'
import { describeServer } from '../servers/with-server.ts'
import { served } from '../wire/playground.ts'

await describeServer('postgres', 'the conformance mapping', (server) => {
  const open = (profile: string) => () =>
    served('conformance-postgres', { empty: true, profile, env: { SCIM_BRIDGE_PLAYGROUND_URL: server.adminUrl } })
  holdConversations(open('tolerant'))
  holdTalks('postgres', (profile) => open(profile)())
  holdPatchCases(open('strict'))
  holdFilterCases(open('strict'))
  holdFilterLetter(open('strict'))
})
