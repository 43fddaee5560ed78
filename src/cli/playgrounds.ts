import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { JsonObject } from '../base/json.ts'

/** The private backend of a shipped mapping, in a folder of its own. */
export interface Place {
  /** What the mapping file needs from the environment. */
  readonly env: Readonly<Record<string, string>>
  /** For whoever wants to look at the backend beside the bridge: kind, URL and an administrator's credentials. */
  readonly backend: JsonObject
  stop(): Promise<void>
}

export interface PlaygroundKind {
  /** Mapping file under mappings/. */
  readonly mapping: string
  /** Makes the backend in `folder`; `empty` leaves out everything that is seeded. */
  start(folder: string, mappings: string, empty: boolean): Promise<Place>
  /** Resources that are created through the bridge after the start, for a schema that comes without any. */
  readonly seed: boolean
}

/** A SQLite file made by the mapping's own script; `emptied` takes out what the script seeds. */
const sqlite = (
  name: string,
  variable: string,
  options: { readonly seed: boolean; readonly emptied: string },
): PlaygroundKind => ({
  mapping: `${name}.yaml`,
  seed: options.seed,
  async start(folder, mappings, empty) {
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

const noPeople = ['EMP_ROLE', 'ROLE_DEF', 'EMP_EMAIL', 'EMP_CONTACT', 'EMP', 'EMP_STAT_HIST']
  .map((table) => `DELETE FROM ${table};`)
  .join('\n')

/** What `playground NAME` can start. */
export const playgrounds: Readonly<Record<string, PlaygroundKind>> = {
  demo: sqlite('demo', 'SCIM_BRIDGE_DEMO', { seed: false, emptied: noPeople }),
  'conformance-sqlite': sqlite('conformance-sqlite', 'SCIM_BRIDGE_CONFORMANCE', { seed: true, emptied: '' }),
}
