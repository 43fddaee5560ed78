import { isAbsolute, resolve } from 'node:path'
import { z } from 'zod'

const name = z.string().regex(/^[A-Za-z0-9_]*$/, 'letters, digits and underscores only')

/** The `backend` section of a mapping file. A dialect to come is a further member with a `url`. */
export const sqlSection = z.strictObject({
  kind: z.literal('sql'),
  dialect: z.literal('sqlite'),
  /** The database file; a relative path starts at the folder of the mapping file. */
  file: z.string().min(1),
  /** SQL that is run once, when the file is new. */
  init: z.string().min(1).optional(),
  readOnly: z.boolean().optional(),
  /** How long a write waits for another process that holds the database, in milliseconds. */
  busy: z.number().int().min(0).max(60_000).optional(),
  prefix: name.optional(),
  tenant: z.record(name, z.union([z.string(), z.number()])).optional(),
})

export interface SqlConfig {
  readonly file: string
  readonly init: string | undefined
  readonly readOnly: boolean
  readonly busy: number
  readonly prefix: string
}

export const memoryFile = ':memory:'

const at = (base: string, path: string): string => (isAbsolute(path) ? path : resolve(base, path))

export function sqlConfig(section: unknown, base: string): SqlConfig {
  const { file, init, readOnly, busy, prefix } = sqlSection.parse(section)
  return {
    file: file === memoryFile ? file : at(base, file),
    init: init === undefined ? undefined : at(base, init),
    readOnly: readOnly ?? false,
    busy: busy ?? 5_000,
    prefix: prefix ?? '',
  }
}
