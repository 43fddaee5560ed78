import { join } from 'node:path'
import { sqlBackend } from '../../src/backends/sql/backend.ts'
import { skipped, withServer } from '../servers/with-server.ts'
import { storeContract } from './contract.ts'
import { kitCatalogOn } from './kit.ts'

const server = await withServer('mariadb')
if ('missing' in server) skipped('mariadb', 'the contract on MariaDB', server)
else
  storeContract('MariaDB', async () => {
    const database = await server.freshDatabase({ script: join(import.meta.dirname, 'kit-mysql.sql'), name: 'kit' })
    const catalog = kitCatalogOn('mariadb', database.url)
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
