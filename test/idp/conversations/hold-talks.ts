import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Served } from '../../wire/playground.ts'
import { holdTalk } from './hold-talk.ts'
import { profilesOf, talks } from './talk.ts'
import type { Talk } from './talk.ts'

/** By backend, conversation and number of the exchange, or numbers (`3, 5`): why that backend cannot carry it. */
type Skips = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>

const skips = JSON.parse(readFileSync(join(import.meta.dirname, 'skipped.json'), 'utf8')) as Skips

/** The numbers of the exchanges that a backend leaves out. */
const leftOut = (reasons: Readonly<Record<string, string>> = {}): ReadonlySet<number> =>
  new Set(Object.keys(reasons).flatMap((numbers) => numbers.split(',').map(Number)))

/** Every profile that some conversation is held under. */
const profiles = [...new Set(talks.flatMap(profilesOf))]

/**
 * Every conversation of every client, with whole applications over a backend: one for each profile. `open` gives it empty.
 * What `skipped.json` lists for the backend must go wrong, so that the list stays true.
 */
export function holdTalks(backend: string, open: (profile: string) => Promise<Served>): void {
  const skipped = skips[backend] ?? {}

  describe(`conversations of clients with ${backend}`, () => {
    it.each(Object.keys(skipped))('%s, of which exchanges are left out, exists', (id) => {
      const talk = talks.find((one) => one.id === id)
      expect(talk).toBeDefined()
      for (const number of leftOut(skipped[id])) expect(talk?.exchanges[number - 1]).toBeDefined()
    })

    for (const profile of profiles)
      describe(`profile ${profile}`, () => {
        let server: Served
        beforeAll(async () => {
          server = await open(profile)
        })
        afterAll(async () => server?.stop())

        const held = talks.filter((talk) => profilesOf(talk).includes(profile))
        it.each(held.map((talk) => [talk.id, talk.title, talk] as const))(
          '%s: %s',
          async (id, _, talk) => {
            const differences = await holdTalk(server, talk)
            expect(wrong(talk, differences, leftOut(skipped[id]))).toEqual([])
          },
          120_000,
        )
      })
  })
}

/** What went wrong and is not left out, and what is left out and went well; each with the number of its exchange. */
function wrong(
  { exchanges }: Talk,
  differences: ReadonlyMap<number, readonly string[]>,
  left: ReadonlySet<number>,
): readonly string[] {
  return exchanges.flatMap(({ level, note }, index) => {
    const number = index + 1
    const found = differences.get(number) ?? []
    if (!left.has(number)) return found.map((text) => `${number} (${level}, ${note}): ${text}`)
    return found.length > 0 ? [] : [`${number} (${note}) passes: take it off the list`]
  })
}
