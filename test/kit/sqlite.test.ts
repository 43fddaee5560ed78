import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqlBackend } from '../../src/backends/sql/backend.ts'
import { storeContract } from './contract.ts'
import { kitCatalog } from './kit.ts'

storeContract('SQLite in memory', async () => {
  const catalog = kitCatalog()
  const store = await sqlBackend(import.meta.dirname).open(catalog)
  return { store, catalog, close: () => store.close() }
})

// a file has a connection for readers beside the one that writes
storeContract('SQLite in a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kit-'))
  const catalog = kitCatalog(join(folder, 'kit.db'))
  const store = await sqlBackend(import.meta.dirname).open(catalog)
  return {
    store,
    catalog,
    close: async () => {
      await store.close()
      rmSync(folder, { recursive: true })
    },
  }
})
