import { join } from 'node:path'
import { sqlBackend } from '../../src/backends/sql/backend.ts'
import { describeServer } from '../servers/with-server.ts'
import { storeContract } from './contract.ts'
import { kitCatalogOn } from './kit.ts'

await describeServer('postgres', 'PostgreSQL', (server) => {
  storeContract('PostgreSQL', async () => {
    const database = await server.freshDatabase({
      script: join(import.meta.dirname, 'kit-postgres.sql'),
      name: 'kit',
    })
    const catalog = kitCatalogOn('postgres', database.url)
    const store = await sqlBackend(import.meta.dirname).open(catalog)
    return {
      store,
      catalog,
      close: async () => {
        await store.close()
        await database.drop()
      },
    }
  })
})
