import { describe, expect, it } from 'vitest'
import { clients, quirks } from '../../../src/scim/quirks.ts'
import type { Client, Quirk } from '../../../src/scim/quirks.ts'
import { holdTalk } from './hold-talk.ts'
import { servedInMemory } from '../../wire/in-memory.ts'
import { talks } from './talk.ts'

const emptied =
  'a mapping writes an empty string as none anyway, so that only an element with nothing but its type would be left over'

/** Deviations that no conversation shows, and why they are in the profile all the same. */
const alone: Readonly<Record<string, string>> = {
  'entra pathlessFilterKey': 'no capture of it is public, and not to understand it would lose a change silently',
  'entra emptyMeansAbsent': emptied,
  'okta emptyMeansAbsent': emptied,
  'entra foreignSchemas': 'reported of requests without schemas, which no public text shows whole',
  'entra capitalisedKeys': 'printed in a sample of the documentation, for one operation',
}

/** A profile without one of its deviations, as long as the work takes; this file has the list to itself. */
async function without(client: Client, quirk: Quirk, work: () => Promise<void>): Promise<void> {
  const those = quirk.clients as Client[]
  those.splice(those.indexOf(client), 1)
  try {
    await work()
  } finally {
    those.push(client)
  }
}

/** That a profile is wide enough is held by the conversations; that it is no wider, by taking something away. */
describe.each(clients.filter((client) => quirks.some((quirk) => quirk.clients.includes(client))))(
  'profile %s',
  (client) => {
    it.each(quirks.filter((quirk) => quirk.clients.includes(client)))(
      'needs $name',
      async (quirk) => {
        const broken: string[] = []
        await without(client, quirk, async () => {
          const server = await servedInMemory(client)
          try {
            for (const talk of talks.filter((one) => one.client === client)) {
              if ((await holdTalk(server, talk)).size === 0) continue
              broken.push(talk.id)
              break
            }
          } finally {
            await server.stop()
          }
        })
        const why = alone[`${client} ${quirk.name}`]
        if (why === undefined) expect(broken, 'no conversation of the client shows it').not.toEqual([])
        else expect(broken, `is listed: ${why}`).toEqual([])
      },
      120_000,
    )
  },
)
