import { bindMemory } from '../../src/backends/memory/store.ts'
import { storeContract } from './contract.ts'
import { kitCatalog } from './kit.ts'

storeContract('memory', async () => {
  const catalog = kitCatalog()
  const store = bindMemory(catalog)
  return {
    store,
    catalog,
    close: () => store.close(),
    skip: {
      'tells a name taken outside from one taken inside': 'a store in memory holds no records but those of the mapping',
    },
  }
})
