import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'
import type { Catalog } from '../../src/mapping/catalog.ts'
import type { Store } from '../../src/plan/port.ts'
import { handle } from './handle.ts'
import type { Handle } from './handle.ts'
import { linkContract } from './contract-links.ts'
import { lifeContract } from './contract-life.ts'
import { longContract } from './contract-long.ts'
import { nameContract } from './contract-names.ts'
import { pagingContract } from './contract-paging.ts'
import { predicateContract } from './contract-predicates.ts'
import { readContract } from './contract-read.ts'
import { sortingContract } from './contract-sorting.ts'
import { unionContract } from './contract-union.ts'
import { writeContract } from './contract-write.ts'

export interface Opened {
  readonly store: Store
  readonly catalog: Catalog
  close(): Promise<void>
  /** Name of a test to the reason why this store cannot pass it. */
  readonly skip?: Readonly<Record<string, string>>
  /** What exists and lies outside of the mapped records; rows 900 of the SQL kits unless given. */
  readonly outside?: Outside
  /** An empty text is a value like any other; true unless given. */
  readonly holdsEmptyText?: boolean
  /** A walk goes on in the list that it began with, and so does its total; false unless given. */
  readonly keepsTotal?: boolean
  /** Words of a predicate to what it selects here, where the comparison of the store is another one, and why it is. */
  readonly differs?: Readonly<Record<string, { readonly selects: readonly string[]; readonly because: string }>>
}

export interface Outside {
  readonly user: string
  readonly group: string
  /** userNames that are taken there. */
  readonly names: readonly string[]
}

export const outsideOf = ({ outside }: Opened): Outside =>
  outside ?? { user: 'u900', group: 'g900', names: ['Outsider'] }

/** One chapter: its tests share one store, each makes the records it needs. */
export interface Chapter {
  /** Runs once before the first test. */
  before(prepare: (h: Handle, opened: Opened) => Promise<void>): void
  test(name: string, run: (h: Handle, context: TestContext, opened: Opened) => Promise<void>): void
}

/** What every store keeps, whatever stands behind it. */
export function storeContract(name: string, open: () => Promise<Opened>): void {
  const names = new Set<string>()
  const reasons = new Map<string, string>()
  const chapter = (title: string, write: (chapter: Chapter) => void): void => {
    describe(`${name}: ${title}`, () => {
      let opened: Opened
      let h: Handle
      beforeAll(async () => {
        opened = await open()
        h = handle(opened.store, opened.catalog)
        for (const [test, reason] of Object.entries(opened.skip ?? {})) reasons.set(test, reason)
        for (const [words, { because }] of Object.entries(opened.differs ?? {}))
          reasons.set(`selects by ${words}`, because)
      })
      afterAll(() => opened.close())
      write({
        before: (prepare) => beforeAll(() => prepare(h, opened)),
        test: (test, run) => {
          names.add(test)
          it(test, async (context) => {
            const reason = opened.skip?.[test]
            if (reason !== undefined) context.skip(reason)
            await run(h, context, opened)
          })
        },
      })
    })
  }
  chapter('reading', readContract)
  chapter('paging', pagingContract)
  chapter('sorting', sortingContract)
  chapter('all types', unionContract)
  chapter('predicates', predicateContract)
  chapter('writing', writeContract)
  chapter('references', linkContract)
  chapter('names', nameContract)
  chapter('long lists', longContract)
  chapter('life', lifeContract)

  it(`${name}: leaves out and differs in nothing without a reason`, () => {
    for (const [test, reason] of reasons) {
      expect(names, `there is no test "${test}" to skip or to pass otherwise`).toContain(test)
      expect(reason.length, `"${test}" is another one without a reason`).toBeGreaterThan(10)
    }
  })
}
