import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sqlBackend } from '../../src/backends/sql/backend.ts'
import { compileMapping } from '../../src/mapping/compile.ts'
import { seed } from './arbitraries.ts'
import { filterDrafts } from './filter-drafts.ts'
import { faithful, snapshot } from './mutants.ts'
import { firstMismatch, look, subjectOf, typeNamed } from './world.ts'
import type { Tally } from './world.ts'

const folder = resolve(import.meta.dirname, '../../mappings')

/** The demonstration's own rows: letters that nobody knows, managers who left, dates that are none. */
describe('pushdown over the demonstration', () => {
  for (const name of ['User', 'Group']) {
    it(`selects what the filter means: ${name}`, async () => {
      const here = mkdtempSync(join(tmpdir(), 'laws-'))
      const catalog = compileMapping(readFileSync(join(folder, 'demo.yaml'), 'utf8'), {
        file: 'demo.yaml',
        env: { SCIM_BRIDGE_DEMO_DB: join(here, 'demo.db') },
        readFile: (path) => readFileSync(path, 'utf8'),
      })
      const mapping = typeNamed(catalog, name)
      const store = await sqlBackend(folder).open(catalog)
      try {
        const world = await look(store, mapping)
        expect(world.records.length).toBeGreaterThan(2)
        const tally: Tally = { filters: 0, pushed: 0, nonEmpty: 0 }
        const drafts = fc.sample(filterDrafts(mapping.type, ['externalId']), { numRuns: 800, seed })
        expect(await firstMismatch(world, subjectOf(store, mapping), drafts, tally)).toBeUndefined()
        expect(await firstMismatch(world, snapshot(world, faithful), drafts, tally)).toBeUndefined()
        expect(tally.nonEmpty / tally.filters).toBeGreaterThan(0.25)
      } finally {
        await store.close()
        rmSync(here, { recursive: true })
      }
    }, 60_000)
  }
})
