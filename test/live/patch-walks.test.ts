import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sqlBackend } from '../../src/backends/sql/backend.ts'
import { kitCatalogOn } from '../kit/kit.ts'
import { firstWrong, tally } from '../laws/walks.ts'
import type { Opened } from '../laws/walks.ts'
import type { Database } from '../servers/fresh-database.ts'
import { titles } from '../servers/server.ts'
import type { SqlServerKind } from '../servers/server.ts'
import { describeServer } from '../servers/with-server.ts'

const kit = join(import.meta.dirname, '../kit')
const scripts: Readonly<Record<SqlServerKind, string>> = { mariadb: 'kit-mysql.sql', postgres: 'kit-postgres.sql' }

/** What a walk leaves behind; the rows of nobody's company stay. */
const clear = [
  'DELETE FROM team_member',
  'UPDATE person SET manager_id = NULL WHERE company_id = 7',
  'DELETE FROM person WHERE company_id = 7',
  'DELETE FROM team WHERE company_id = 7',
  'DELETE FROM dept WHERE id > 2',
]

for (const kind of Object.keys(scripts) as readonly SqlServerKind[])
  await describeServer(kind, `walks of PATCHes on ${titles[kind]}`, (server) => {
    let database: Database
    let opened: Opened
    beforeAll(async () => {
      database = await server.freshDatabase({ script: join(kit, scripts[kind]), name: 'walks' })
      const catalog = kitCatalogOn(kind, database.url)
      opened = { store: await sqlBackend(kit).open(catalog), catalog }
    }, 60_000)
    afterAll(async () => {
      await opened.store.close()
      await database.drop()
    })

    it('do by deltas what the reference does to the resource', async () => {
      const walks = Number(process.env['LAWS_WALKS'] ?? 40)
      const begin = async (): Promise<Opened> => {
        for (const statement of clear) await database.sql(statement)
        return { ...opened, store: { ...opened.store, close: async () => undefined } }
      }
      Object.assign(tally, { changed: 0, same: 0, refused: 0 })
      expect(await firstWrong(begin, walks, true)).toBeUndefined()
      expect(tally.changed + tally.same + tally.refused).toBeGreaterThan(5 * walks)
      expect(tally.changed).toBeGreaterThan(2 * walks)
    }, 120_000)
  })
