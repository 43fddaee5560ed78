import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sqlBackend } from '../../src/backends/sql/backend.ts'
import type { Store } from '../../src/plan/port.ts'
import { kitCatalogOn } from '../kit/kit.ts'
import { drafts, seed } from '../laws/arbitraries.ts'
import type { Extra } from '../laws/arbitraries.ts'
import { filterDrafts } from '../laws/filter-drafts.ts'
import { faithful, mutants, snapshot } from '../laws/mutants.ts'
import { firstMismatch, look, populate, subjectOf, typeNamed } from '../laws/world.ts'
import type { World } from '../laws/world.ts'
import type { Database } from '../servers/fresh-database.ts'
import { describeServer } from '../servers/with-server.ts'

const kit = join(import.meta.dirname, '../kit')

/** What the columns of the kit hold besides what the bridge would write: legacy data. */
const legacy: Extra = {
  kind: ['E', 'C', 'e', 'Z', ''],
  enabled: [0, 1],
  tags: ['red', 'Blue', 'é', 'a b'],
}

await describeServer('postgres', 'the laws on PostgreSQL', (server) => {
  let database: Database
  let store: Store
  let catalog: ReturnType<typeof kitCatalogOn>
  const user = () => typeNamed(catalog, 'User')
  const group = () => typeNamed(catalog, 'Group')
  const worlds: World[] = []

  beforeAll(async () => {
    database = await server.freshDatabase({ script: join(kit, 'kit-postgres.sql'), name: 'laws' })
    catalog = kitCatalogOn('postgres', database.url)
    store = await sqlBackend(kit).open(catalog)
    const people = fc.sample(drafts(user(), legacy, ['userName']), { numRuns: 100, seed })
    // the links of the first say which groups are inside the others
    await populate(
      store,
      catalog,
      people.map((draft, i) => (i === 0 ? { ...draft, links: [0, 1, 2] } : draft)),
    )
    worlds.push(await look(store, user()), await look(store, group()))
  }, 60_000)
  afterAll(async () => {
    await store.close()
    await database.drop()
  })

  /** Anything, and more of what few attributes have: exact case, and groups in groups. */
  const ofUsers = () => {
    const { common, schema, extensions } = user().type
    const all = [...common, ...schema.attributes, ...extensions.flatMap((one) => one.schema.attributes)]
    const others = all.map((one) => one.name).filter((name) => name !== 'code' && name !== 'groups')
    return [
      ...fc.sample(filterDrafts(user().type, ['externalId']), { numRuns: 2_000, seed }),
      ...fc.sample(filterDrafts(user().type, others), { numRuns: 200, seed }),
    ]
  }
  const ofGroups = () => fc.sample(filterDrafts(group().type, ['externalId']), { numRuns: 200, seed })

  it('selects what the filter means', async () => {
    const tally = { filters: 0, pushed: 0, nonEmpty: 0 }
    const [users, groups] = worlds as [World, World]
    expect(await firstMismatch(users, subjectOf(store, user()), ofUsers(), tally)).toBeUndefined()
    expect(await firstMismatch(groups, subjectOf(store, group()), ofGroups(), tally)).toBeUndefined()
    expect(tally.filters).toBeGreaterThan(2_000)
    expect(tally.nonEmpty / tally.filters).toBeGreaterThan(0.3)
    expect(tally.pushed / tally.filters).toBeGreaterThan(0.3)
  }, 120_000)

  it('spares the faithful one', async () => {
    const [users] = worlds as [World]
    expect(await firstMismatch(users, snapshot(users, faithful), ofUsers())).toBeUndefined()
  }, 60_000)

  it.each(Object.entries(mutants))('refutes %s', async (_, bend) => {
    const [users] = worlds as [World]
    expect(await firstMismatch(users, snapshot(users, bend(users)), ofUsers())).toBeDefined()
  })
})
