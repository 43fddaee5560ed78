import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sqlBackend } from '../../src/backends/sql/backend.ts'
import type { Store } from '../../src/plan/port.ts'
import { kitCatalogOn } from '../kit/kit.ts'
import { handle, show, wantAll } from '../kit/handle.ts'
import type { Handle, Shown } from '../kit/handle.ts'
import type { Database } from '../servers/fresh-database.ts'
import { describeServer } from '../servers/with-server.ts'

const kit = join(import.meta.dirname, '../kit')

await describeServer('postgres', 'locks on PostgreSQL', (server) => {
  let database: Database
  let store: Store
  let h: Handle
  beforeAll(async () => {
    database = await server.freshDatabase({ script: join(kit, 'kit-postgres.sql'), name: 'locks' })
    const catalog = kitCatalogOn('postgres', database.url)
    store = await sqlBackend(kit).open(catalog)
    h = handle(store, catalog)
  })
  afterAll(async () => {
    await store.close()
    await database.drop()
  })

  const waiting = async (): Promise<void> => {
    for (let i = 0; i < 200; i++) {
      const [row] = await database.sql(
        "SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
      )
      if (Number(row?.['n']) > 0) return
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    throw new Error('nobody waits')
  }

  // what else the application changes in its transaction: beside the row, or nothing of the row itself
  it.each([
    ['beside a change of the row', "UPDATE person SET title = 'new' WHERE id = $1"],
    ['under a lock of the row', 'SELECT 1 FROM person WHERE id = $1 FOR UPDATE'],
  ])('a change decides upon what the application has just written %s', async (_, held) => {
    const set = { userName: 'ann', title: 'old', locale: 'old', costCenter: 'old', department: 'Sales' }
    const { id } = await h.create('User', { set })
    const key = Number(id.slice(1))
    const application = database.client()
    await application.sql('BEGIN')
    await application.sql(held, [key])
    await application.sql("UPDATE account SET locale = 'new' WHERE person_id = $1", [key])
    await application.sql("UPDATE person_meta SET value = 'new' WHERE person_id = $1", [key])
    await application.sql("UPDATE dept SET name = 'Sellers' WHERE name COLLATE \"C\" LIKE 'Sal%'")
    let prior: Shown | undefined
    const changing = h.change(
      'User',
      id,
      (record) => {
        prior = show(h.mapping('User'), record)
        return { set: { nickName: 'x' } }
      },
      { prior: wantAll(h.mapping('User')) },
    )
    await waiting()
    await application.sql('COMMIT')
    await application.close()
    await changing
    expect(prior).toMatchObject({ locale: 'new', costCenter: 'new', department: 'Sellers' })
    await database.sql("UPDATE dept SET name = 'Sales' WHERE name COLLATE \"C\" = 'Sellers'")
  })

  it('does not make readers of a record wait, nor those who refer to it', async () => {
    const { id } = await h.create('User', { set: { userName: 'eve' } })
    const application = database.client()
    await application.sql('BEGIN')
    await application.sql("UPDATE person SET title = 'held' WHERE id = $1", [Number(id.slice(1))])
    expect((await h.show('User', id))?.['userName']).toBe('eve')
    const group = await h.create('Group', { set: { displayName: 'G' }, links: { members: { add: [id] } } })
    expect((await h.show('Group', group.id))?.['members']).toEqual([id])
    await application.sql('ROLLBACK')
    await application.close()
  })

  it('makes who adds a member wait for who removes the person, and then refuses', async () => {
    const { id } = await h.create('User', { set: { userName: 'zoe' } })
    const group = await h.create('Group', { set: { displayName: 'H' } })
    const application = database.client()
    await application.sql('BEGIN')
    await application.sql('DELETE FROM person WHERE id = $1', [Number(id.slice(1))])
    const adding = h.change('Group', group.id, { links: { members: { add: [id] } } }).catch((error: unknown) => error)
    await waiting()
    await application.sql('COMMIT')
    await application.close()
    expect(await adding).toMatchObject({ reason: 'invalidValue' })
    expect((await h.show('Group', group.id))?.['members']).toBeUndefined()
  })
})
