import { describe, expect, it } from 'vitest'
import { bindMemory } from '../../src/backends/memory/store.ts'
import { sqlBackend } from '../../src/backends/sql/backend.ts'
import type { WriteSet } from '../../src/plan/plan.ts'
import type { Store } from '../../src/plan/port.ts'
import { kitCatalog } from '../kit/kit.ts'
import { firstWrong, tally } from './walks.ts'
import type { Opened } from './walks.ts'

const catalog = kitCatalog()
const stores: Readonly<Record<string, () => Promise<Opened>>> = {
  memory: async () => ({ store: bindMemory(catalog), catalog }),
  SQLite: async () => ({ store: await sqlBackend(`${import.meta.dirname}/../kit`).open(catalog), catalog }),
}

/** A memory store that does something else than was decided. */
const bent = (bend: (write: WriteSet) => WriteSet) => async (): Promise<Opened> => {
  const store = bindMemory(catalog)
  const bentStore: Store = {
    ...store,
    lower: (plan) =>
      store.lower(
        plan.kind === 'change'
          ? {
              ...plan,
              decide: (prior) => {
                const decision = plan.decide(prior)
                return { ...decision, write: bend(decision.write) }
              },
            }
          : plan,
      ),
  }
  return { store: bentStore, catalog }
}

const mutants: Readonly<Record<string, (write: WriteSet) => WriteSet>> = {
  'members replaced instead of added': (w) => ({
    ...w,
    links: w.links.map((l) => ({ ...l, only: l.only || l.add.length > 0 })),
  }),
  'members added instead of replaced': (w) => ({ ...w, links: w.links.map((l) => ({ ...l, only: false })) }),
  'members never removed': (w) => ({ ...w, links: w.links.map((l) => ({ ...l, remove: [] })) }),
  'rows never removed': (w) => ({ ...w, rows: w.rows.map((r) => ({ ...r, remove: [] })) }),
  'rows never changed': (w) => ({ ...w, rows: w.rows.map((r) => ({ ...r, change: [] })) }),
  'values never cleared': (w) => ({ ...w, fields: w.fields.filter((f) => f.value !== null) }),
  'lists cut to one value': (w) => ({
    ...w,
    fields: w.fields.map((f) => (Array.isArray(f.value) ? { ...f, value: f.value.slice(0, 1) } : f)),
  }),
  'one field too few': (w) => ({ ...w, fields: w.fields.slice(1) }),
}

describe('patch', () => {
  // more than 20,000 PATCHes in all
  const walks: Readonly<Record<string, number>> = { memory: 3_200, SQLite: 500 }
  for (const [name, open] of Object.entries(stores)) {
    it(`does by deltas what the reference does to the resource: ${name}`, async () => {
      Object.assign(tally, { changed: 0, same: 0, refused: 0 })
      const runs = walks[name] ?? 0
      expect(await firstWrong(open, runs, true)).toBeUndefined()
      expect(tally.changed + tally.same + tally.refused).toBeGreaterThan(5.5 * runs)
      expect(tally.changed).toBeGreaterThan(2 * runs)
      expect(tally.same).toBeGreaterThan(runs / 10)
      expect(tally.refused).toBeGreaterThan(runs / 10)
    }, 120_000)
  }

  it('spares a store that does as decided', async () => {
    expect(
      await firstWrong(
        bent((write) => write),
        60,
      ),
    ).toBeUndefined()
  })

  for (const [name, bend] of Object.entries(mutants)) {
    it(`refutes ${name}`, async () => {
      expect(await firstWrong(bent(bend), 200)).toBeDefined()
    })
  }
})
