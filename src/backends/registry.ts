import type { Backend } from '../plan/port.ts'
import { ldapBackend } from './ldap/backend.ts'
import { memoryBackend } from './memory/backend.ts'
import { sqlBackend } from './sql/backend.ts'

/** Every kind of backend that a mapping file may name; a new one is a folder and a line here. */
const backends: Readonly<Record<string, (folder: string) => Backend>> = {
  ldap: (folder) => ldapBackend(folder),
  memory: () => memoryBackend,
  sql: (folder) => sqlBackend(folder),
}

/** The backend of a kind; relative paths in its section start at `folder`, the mapping file's. */
export const backendOf = (kind: string, folder: string): Backend | undefined =>
  Object.hasOwn(backends, kind) ? backends[kind]?.(folder) : undefined

export const backendKinds: readonly string[] = Object.keys(backends)
