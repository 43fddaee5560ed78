import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Debian keeps a server's programs off the PATH of users, and PostgreSQL's in a folder for each version. */
function folders(): readonly string[] {
  const postgres = '/usr/lib/postgresql'
  const versions = existsSync(postgres) ? readdirSync(postgres).sort((a, b) => Number(b) - Number(a)) : []
  return [
    ...versions.map((version) => join(postgres, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':').filter((one) => one !== ''),
    '/usr/sbin',
    '/usr/local/sbin',
    '/usr/libexec',
  ]
}

export function findProgram(name: string): string | undefined {
  return folders()
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}

/** The path of a program that `install` has seen before. */
export function program(name: string): string {
  const found = findProgram(name)
  if (found === undefined) throw new Error(`the program ${name} is not there`)
  return found
}
