import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqlBackend } from '../../src/backends/sql/backend.ts'
import { isYoung } from '../../src/backends/sql/dialects/mysql-text.ts'
import type { Catalog } from '../../src/mapping/catalog.ts'
import type { Store } from '../../src/plan/port.ts'
import { fold } from '../../src/scim/compare.ts'
import { kitCatalogOn } from '../kit/kit.ts'
import { drafts, seed } from '../laws/arbitraries.ts'
import type { Draft, Extra } from '../laws/arbitraries.ts'
import { filterDrafts } from '../laws/filter-drafts.ts'
import type { FilterDraft } from '../laws/filter-drafts.ts'
import { faithful, mutants, snapshot } from '../laws/mutants.ts'
import { firstMismatch, look, populate, subjectOf, typeNamed } from '../laws/world.ts'
import type { World } from '../laws/world.ts'
import type { Database } from '../servers/fresh-database.ts'
import type { Server } from '../servers/with-server.ts'
import { describeServer } from '../servers/with-server.ts'

const kit = join(import.meta.dirname, '../kit')

/** What the columns of the kit hold besides what the bridge would write: legacy data. */
const legacy: Extra = {
  kind: ['E', 'C', 'e', 'Z', ''],
  enabled: [0, 1],
  tags: ['red', 'Blue', 'é', 'a b', ' '],
}

/** What the server's order and parts of text rest on: composed, and without letters that are younger than its Unicode. */
const plain = (text: string): string =>
  [...text.normalize('NFC')].map((char) => (knowsCase(fold(char)) ? char : 'ñ')).join('')
const knowsCase = (char: string): boolean => !isYoung(char) && !/\p{Script=Georgian}/u.test(char)

/** Every text of a draft in one normal form. */
const normal = <T>(value: T, form: 'NFC' | 'NFD'): T =>
  (typeof value === 'string'
    ? form === 'NFC'
      ? plain(value)
      : value.normalize(form)
    : Array.isArray(value)
      ? value.map((one: unknown) => normal(one, form))
      : typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
        ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, normal(one, form)]))
        : value) as T

const inForm = (draft: Draft, form: 'NFC' | 'NFD'): Draft => ({
  ...draft,
  fields: draft.fields.map((one) => ({ ...one, value: normal(one.value, form) })),
  rows: draft.rows.map((one) => ({ ...one, add: normal(one.add, form) })),
})

interface Stand {
  readonly store: Store
  readonly catalog: Catalog
  readonly users: World
  readonly groups: World
  close(): Promise<void>
}

async function openStand(server: Server, form: 'NFC' | 'NFD'): Promise<Stand> {
  const database: Database = await server.freshDatabase({ script: join(kit, 'kit-mysql.sql'), name: 'laws' })
  const catalog = kitCatalogOn('mariadb', database.url)
  const store = await sqlBackend(kit).open(catalog)
  const user = typeNamed(catalog, 'User')
  const people = fc.sample(drafts(user, legacy, ['userName']), { numRuns: 100, seed })
  // the links of the first say which groups are inside the others
  const all = people.map((draft, i) => inForm(i === 0 ? { ...draft, links: [0, 1, 2] } : draft, form))
  await populate(store, catalog, all)
  return {
    store,
    catalog,
    users: await look(store, user),
    groups: await look(store, typeNamed(catalog, 'Group')),
    async close() {
      await store.close()
      await database.drop()
    },
  }
}

/** Whether parts of a text are compared, or its order. */
const looksInside = (draft: FilterDraft): boolean => {
  if (draft.kind === 'and' || draft.kind === 'or') return draft.of.some(looksInside)
  if (draft.kind === 'not') return looksInside(draft.of)
  if (draft.kind === 'some') return looksInside(draft.where)
  return draft.kind === 'compare' && !['eq', 'ne'].includes(draft.op)
}

await describeServer('mariadb', 'the laws on MariaDB', (server) => {
  const open = (form: 'NFC' | 'NFD') => {
    let stand: Stand | undefined
    beforeAll(async () => {
      stand = await openStand(server, form)
    }, 60_000)
    afterAll(() => stand?.close())
    return (): Stand => {
      if (stand === undefined) throw new Error('no stand')
      return stand
    }
  }

  /** Anything, and more of what few attributes have: exact case, and groups in groups. */
  const ofUsers = ({ users: { mapping } }: Stand, count: number) => {
    const { common, schema, extensions } = mapping.type
    const all = [...common, ...schema.attributes, ...extensions.flatMap((one) => one.schema.attributes)]
    const others = all.map((one) => one.name).filter((name) => name !== 'code' && name !== 'groups')
    return [
      ...fc.sample(filterDrafts(mapping.type, ['externalId']), { numRuns: count, seed }),
      ...fc.sample(filterDrafts(mapping.type, others), { numRuns: count / 10, seed }),
    ]
  }
  const ofGroups = ({ groups }: Stand) =>
    fc.sample(filterDrafts(groups.mapping.type, ['externalId']), { numRuns: 200, seed })

  describe('composed text', () => {
    const stand = open('NFC')

    it('selects what the filter means', async () => {
      const { store, users, groups } = stand()
      const tally = { filters: 0, pushed: 0, nonEmpty: 0 }
      expect(
        await firstMismatch(users, subjectOf(store, users.mapping), ofUsers(stand(), 2_000), tally),
      ).toBeUndefined()
      expect(await firstMismatch(groups, subjectOf(store, groups.mapping), ofGroups(stand()), tally)).toBeUndefined()
      expect(tally.filters).toBeGreaterThan(2_000)
      expect(tally.nonEmpty / tally.filters).toBeGreaterThan(0.3)
      expect(tally.pushed / tally.filters).toBeGreaterThan(0.3)
    }, 120_000)

    it('spares the faithful one', async () => {
      const { users } = stand()
      expect(await firstMismatch(users, snapshot(users, faithful), ofUsers(stand(), 2_000))).toBeUndefined()
    }, 60_000)

    it.each(Object.entries(mutants))('refutes %s', async (_, bend) => {
      const { users } = stand()
      expect(await firstMismatch(users, snapshot(users, bend(users)), ofUsers(stand(), 2_000))).toBeDefined()
    })
  })

  // the server knows no NFC: parts and order of decomposed text are those of what is stored, and docs/databases.md says so
  describe('decomposed text', () => {
    const stand = open('NFD')

    it('is found by what it equals', async () => {
      const { store, users } = stand()
      const filters = ofUsers(stand(), 2_000).filter((draft) => !looksInside(draft))
      expect(filters.length).toBeGreaterThan(500)
      expect(await firstMismatch(users, subjectOf(store, users.mapping), filters)).toBeUndefined()
    }, 60_000)
  })
})
