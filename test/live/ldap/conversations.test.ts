import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import { holdConversations } from '../../idp/conversations.ts'
import { holdTalks } from '../../idp/conversations/hold-talks.ts'
import { describeServer } from '../../servers/with-server.ts'
import { served } from '../../wire/playground.ts'

/** What inetOrgPerson and groupOfNames have no place for. */
const skip = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../cases/idp-skipped-openldap.json'), 'utf8'),
) as Readonly<Record<string, string>>

// the playgrounds start servers of their own; that there is one to be had is told by the shared one
await describeServer('openldap', 'what clients say, to a directory', () => {
  for (const name of ['openldap', 'openldap-bare'])
    describe(name, () => {
      holdConversations(() => served(name, { empty: true, profile: 'tolerant' }), skip)
    })
  holdTalks('openldap', (profile) => served('openldap', { empty: true, profile }))
})
