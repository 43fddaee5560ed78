import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bindMemory } from '../../src/backends/memory/store.ts'
import { sqlBackend } from '../../src/backends/sql/backend.ts'
import { compileMapping } from '../../src/mapping/compile.ts'
import type { Store } from '../../src/plan/port.ts'
import { drafts } from './arbitraries.ts'
import { filterDrafts } from './filter-drafts.ts'
import { assertLaw, firstMismatch, look, populate, subjectOf, typeNamed } from './world.ts'

const catalog = compileMapping(readFileSync(join(import.meta.dirname, 'odd.yaml'), 'utf8'), {
  file: 'odd.yaml',
  env: {},
  readFile: (path) => readFileSync(path, 'utf8'),
})
const user = typeNamed(catalog, 'User')
const group = typeNamed(catalog, 'Group')

const legacy = {
  suspended: [0, 1, 2],
  flags: [0, 1, 2, 3, 514],
  full_name: ['Ann Berg', 'Anna Maria Berg', 'Cher', ' Berg', 'Ann ', ''],
  tel: ['tel:+46', '+46', 'TEL:+46', ''],
  born: [0, 1, -1, 1577836800],
  hired: ['20200101', '00000000', ''],
}

const runs = fc.record({
  people: fc.array(drafts(user, legacy, ['userName']), { minLength: 40, maxLength: 40 }).map((people) =>
    // the login is unique, and a manager is held by it
    people.map((draft, i) => ({
      ...draft,
      fields: draft.fields.map((f) => (f.slot.key === 'login' ? { ...f, value: `${String(f.value)}${i}` } : f)),
    })),
  ),
  ofUsers: fc.array(filterDrafts(user.type, []), { minLength: 80, maxLength: 80 }),
  ofGroups: fc.array(filterDrafts(group.type), { minLength: 10, maxLength: 10 }),
})

const stores: Readonly<Record<string, () => Promise<Store>>> = {
  memory: async () => bindMemory(catalog),
  SQLite: () => sqlBackend(import.meta.dirname).open(catalog),
}

describe('pushdown over odd shapes', () => {
  for (const [name, open] of Object.entries(stores)) {
    it(`selects what the filter means: ${name}`, async () => {
      const tally = { filters: 0, pushed: 0, nonEmpty: 0 }
      await assertLaw(runs, 25, async ({ people, ofUsers, ofGroups }) => {
        const store = await open()
        try {
          await populate(store, catalog, people)
          const users = await firstMismatch(await look(store, user), subjectOf(store, user), ofUsers, tally)
          return users ?? (await firstMismatch(await look(store, group), subjectOf(store, group), ofGroups, tally))
        } finally {
          await store.close()
        }
      })
      expect(tally.nonEmpty / tally.filters).toBeGreaterThan(0.25)
    }, 60_000)
  }
})
