import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { isBridgeError } from '../base/errors.ts'
import { suggest } from '../mapping/suggest.ts'
import { check } from './check.ts'
import type { Command, CommandIo } from './command.ts'
import { demo } from './demo.ts'
import { explain } from './explain.ts'
import { playground } from './playground.ts'
import { serve } from './serve.ts'
import { token } from './token.ts'

const commands: Readonly<Record<string, Command>> = { serve, check, explain, token, demo, playground }

const usage = `usage: scim-bridge <command>

  serve <mapping.yaml>…                    serve SCIM 2.0 in front of what the mapping files describe
  check <mapping.yaml>                     all problems of a mapping, or how every filter is answered
  explain <mapping.yaml> <METHOD> <path>   plan and native operations of a request
  token hash | new                         the SHA-256 of a token for bridge.yaml; a new token
  demo                                     the demonstration application, kept under ./data
  playground <name>                        a shipped mapping on a private backend, removed afterwards

Every command explains itself with --help.`

/** The command line: resolves with the exit code (0 done, 1 refused, 2 wrong usage). */
export async function main(argv: readonly string[], io: CommandIo): Promise<number> {
  const [name = '', ...rest] = argv
  if (name === '--version') {
    io.print(version())
    return 0
  }
  const run = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!run) {
    const asked = name === '--help' || name === '-h' || name === 'help'
    if (asked) io.print(usage)
    else io.complain(name === '' ? usage : `scim-bridge: ${unknown(name)}\n\n${usage}`)
    return asked ? 0 : 2
  }
  try {
    return await run(rest, io)
  } catch (error) {
    if (isBridgeError(error)) io.complain(error.detail)
    else if (isSystemError(error)) io.complain(`scim-bridge ${name}: ${error.message}`)
    else throw error
    return 1
  }
}

const version = (): string =>
  (JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string }).version

function unknown(name: string): string {
  const hint = suggest(name, Object.keys(commands))
  return `there is no command ${name}${hint === undefined ? '' : ` (${hint})`}`
}

/** A port in use, a file that cannot be written: the operator's to mend, no defect. */
const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && 'code' in error
