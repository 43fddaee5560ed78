import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Served } from '../wire/playground.ts'
import { conversations, skipped } from './case.ts'
import { hold } from './hold.ts'

const rows = (those: typeof conversations): readonly (readonly [string, string, string, (typeof those)[number]])[] =>
  those.map((conversation) => [conversation.id, conversation.level, conversation.step, conversation])

/**
 * What provisioning clients are on record to send, byte for byte, and what they expect. `open` gives an empty, tolerant
 * bridge; `skip` says of which a mapping has no place, and why.
 */
export function holdConversations(open: () => Promise<Served>, skip: Readonly<Record<string, string>> = skipped): void {
  let server: Served
  beforeAll(async () => {
    server = await open()
  })
  afterAll(async () => server?.stop())

  describe('recorded conversations', () => {
    it.each(rows(conversations.filter(({ id }) => !Object.hasOwn(skip, id))))('%s (%s, %s)', async (...row) => {
      const conversation = row[3]
      expect(await hold(server, conversation), conversation.why).toEqual([])
    })
  })

  describe('left out', () => {
    it('names cases that exist', () => {
      const ids = conversations.map(({ id }) => id)
      expect(Object.keys(skip).filter((id) => !ids.includes(id))).toEqual([])
    })

    for (const conversation of conversations.filter(({ id }) => Object.hasOwn(skip, id))) {
      it(`${conversation.id} does not pass yet: ${skip[conversation.id]}`, async () => {
        const differences = await hold(server, conversation).catch((error: unknown) => [String(error)])
        expect(differences, 'passes: take it off the list').not.toEqual([])
      })
    }
  })
}
