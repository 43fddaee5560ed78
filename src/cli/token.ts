import { randomBytes } from 'node:crypto'
import { tokenProblem } from '../config/environment-token.ts'
import { digestOf } from '../http/auth.ts'
import { readArguments } from './arguments.ts'

/** Where a command reads and writes; main hands in the process's own streams. */
export interface CommandStreams {
  readonly input: AsyncIterable<string | Uint8Array>
  readonly print: (text: string) => void
  readonly complain: (text: string) => void
}

const hash = {
  name: 'token hash',
  summary: 'Reads a token from standard input and prints its SHA-256 for the configuration.',
  operands: { shown: '', least: 0, most: 0 },
  options: {},
} as const
const make = {
  name: 'token new',
  summary: 'Makes a random token; prints it and its SHA-256. The token is kept nowhere.',
  operands: { shown: '', least: 0, most: 0 },
  options: {},
} as const

const commands = { hash, new: make } as const
/** No token is longer; a file that was piped in by mistake ends the reading. */
const longest = 4096

async function readAll(input: CommandStreams['input']): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of input) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : Buffer.from(chunk)
    chunks.push(bytes)
    size += bytes.length
    if (size > longest) break
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** `scim-bridge token hash|new`. The token comes by standard input: arguments show in process lists and histories. */
export async function token(argv: readonly string[], streams: CommandStreams): Promise<number> {
  const [name = '', ...rest] = argv
  if (name === '--help' || name === '-h') {
    streams.print(`usage: scim-bridge token hash|new\n${hash.summary}\n${make.summary}`)
    return 0
  }
  if (!Object.hasOwn(commands, name)) {
    streams.complain('usage: scim-bridge token hash|new')
    return 2
  }
  const command = commands[name as keyof typeof commands]
  const read = readArguments(command, rest)
  if (read.kind !== 'run') {
    if (read.kind === 'help') streams.print(read.text)
    else streams.complain(read.text)
    return read.kind === 'help' ? 0 : 2
  }
  if (command === make) {
    const text = randomBytes(32).toString('base64url')
    streams.print(`token:  ${text}`)
    streams.print(`sha256: ${digestOf(text).toString('hex')}`)
    return 0
  }
  const sent = (await readAll(streams.input)).replace(/\r?\n$/, '')
  const problem = sent.length > longest ? `must have at most ${longest} characters` : tokenProblem(sent)
  if (problem !== undefined) {
    streams.complain(`scim-bridge token hash: the token ${problem}`)
    return 1
  }
  streams.print(digestOf(sent).toString('hex'))
  return 0
}
