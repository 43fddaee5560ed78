import { BridgeError } from '../../base/errors.ts'
import type { Backend, Store } from '../../plan/port.ts'
import type { Catalog } from '../../mapping/catalog.ts'
import { bindMemory } from './store.ts'

/** Keeps everything in the process: for trying a mapping out, for tests, and as the oracle of the other backends. */
export const memoryBackend: Backend = {
  kind: 'memory',
  check: () => [],
  offline: (catalog: Catalog): Store => ({
    ...bindMemory(catalog),
    run: async () => {
      throw new BridgeError('unavailable', 'this store was opened offline')
    },
  }),
  open: async (catalog) => bindMemory(catalog),
}
