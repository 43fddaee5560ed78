import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { PlaygroundKind } from './place.ts'

/** A SQLite file made by the mapping's own script; `emptied` takes out what the script seeds. */
export const sqlite = (
  name: string,
  variable: string,
  options: { readonly seed: boolean; readonly emptied: string },
): PlaygroundKind => ({
  mapping: `${name}.yaml`,
  seed: options.seed,
  async start({ folder, mappings, empty }) {
    const file = join(folder, `${name}.db`)
    const script = join(folder, `${name}.sql`)
    writeFileSync(script, readFileSync(join(mappings, `${name}.sql`), 'utf8') + (empty ? options.emptied : ''))
    return {
      env: { [`${variable}_DB`]: file, [`${variable}_SQL`]: script },
      backend: { kind: 'sqlite', url: pathToFileURL(file).href },
      stop: async () => undefined,
    }
  },
})
