import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bindMemory } from '../../src/backends/memory/store.ts'
import { sqlBackend } from '../../src/backends/sql/backend.ts'
import type { Store } from '../../src/plan/port.ts'
import { kitCatalog } from '../kit/kit.ts'
import { drafts, seed } from './arbitraries.ts'
import { filterDrafts } from './filter-drafts.ts'
import type { Draft, Extra } from './arbitraries.ts'
import { faithful, loose, mutants, snapshot } from './mutants.ts'
import { assertLaw, firstMismatch, look, populate, subjectOf, typeNamed } from './world.ts'
import type { Subject, Tally, World } from './world.ts'

/** What the columns of the kit hold besides what the bridge would write: legacy data. */
const legacy: Extra = {
  kind: ['E', 'C', 'e', 'Z', ''],
  enabled: [0, 1],
  tags: ['red', 'Blue', 'é', 'a b'],
}

const catalog = kitCatalog()
const user = typeNamed(catalog, 'User')
const group = typeNamed(catalog, 'Group')

const exactly = <T>(arbitrary: fc.Arbitrary<T>, length: number): fc.Arbitrary<readonly T[]> =>
  fc.array(arbitrary, { minLength: length, maxLength: length })

/** A population and what to ask about it; externalId is kept by the side store, which these laws go without. */
const runs = (people: number, filters: number) =>
  fc.record({
    people: exactly(drafts(user, legacy, ['userName']), people),
    ofUsers: exactly(filterDrafts(user.type, ['externalId']), filters),
    ofGroups: exactly(filterDrafts(group.type, ['externalId']), Math.ceil(filters / 10)),
  })

const stores: Readonly<Record<string, () => Promise<Store>>> = {
  memory: async () => bindMemory(catalog),
  SQLite: () => sqlBackend(`${import.meta.dirname}/../kit`).open(catalog),
}

describe('pushdown', () => {
  for (const [name, open] of Object.entries(stores)) {
    it(`selects what the filter means: ${name}`, async () => {
      const tally: Tally = { filters: 0, pushed: 0, nonEmpty: 0 }
      await assertLaw(runs(60, 100), 95, async ({ people, ofUsers, ofGroups }) => {
        const store = await open()
        try {
          await populate(store, catalog, people)
          const users = await firstMismatch(await look(store, user), subjectOf(store, user), ofUsers, tally)
          return users ?? (await firstMismatch(await look(store, group), subjectOf(store, group), ofGroups, tally))
        } finally {
          await store.close()
        }
      })
      // a law over filters that select nothing, or that are never pushed, proves nothing
      expect(tally.filters).toBeGreaterThan(9_000)
      expect(tally.nonEmpty / tally.filters).toBeGreaterThan(0.3)
      expect(tally.pushed / tally.filters).toBeGreaterThan(0.3)
    }, 120_000)
  }

  it('selects what the filter means when the store says less than it could', async () => {
    const moods = exactly(fc.constantFrom('exact', 'superset', 'no'), 16)
    await assertLaw(fc.tuple(runs(40, 60), moods), 30, async ([{ people, ofUsers }, mood]) => {
      const world = await worldOf(people)
      const weak: Subject = {
        ...snapshot(world, loose),
        say: (leaf) => {
          const key = leaf.kind === 'slot' ? leaf.slot.key : leaf.kind
          const said = mood[key.length % mood.length] ?? 'no'
          return leaf.kind === 'slot' && leaf.test.op === 'eq' && said === 'exact' ? 'superset' : said
        },
      }
      return firstMismatch(world, weak, ofUsers)
    })
  }, 60_000)
})

async function worldOf(people: readonly Draft[]): Promise<World> {
  const store = bindMemory(catalog)
  await populate(store, catalog, people)
  return look(store, user)
}

describe('mutants', () => {
  const sample = fc.sample(runs(60, 250), { numRuns: 40, seed })
  const refuted = async (subject: (world: World) => Subject): Promise<boolean> => {
    for (const { people, ofUsers } of sample) {
      const world = await worldOf(people)
      if ((await firstMismatch(world, subject(world), ofUsers)) !== undefined) return true
    }
    return false
  }

  it('spares the faithful one', async () => {
    expect(await refuted((world) => snapshot(world, faithful))).toBe(false)
  }, 60_000)

  for (const [name, bend] of Object.entries(mutants)) {
    it(`refutes ${name}`, async () => {
      expect(await refuted((world) => snapshot(world, bend(world)))).toBe(true)
    }, 60_000)
  }
})
