import { betweenPlaceholders, literalsIn, textOf, valueOf } from './placeholders.ts'
import type { Logged } from './watch-statements.ts'

/** A statement as it was explained; a value `{ unknown: … }` stands for any. */
export interface Told {
  readonly text: string
  readonly params: readonly unknown[]
}

/**
 * Whether the server got what was told. A log knows values by their text: 1, true and '1' may be one and the same,
 * but NULL is only NULL.
 */
export function sameStatement(logged: Omit<Logged, 'connection'>, told: Told): boolean {
  const params = logged.params ?? inlined(logged.text, told.text)
  const text = logged.params === undefined ? told.text : logged.text
  if (params === undefined || text.trimEnd() !== told.text.trimEnd()) return false
  return params.length === told.params.length && params.every((one, i) => sameValue(one, told.params[i]))
}

const bytes = (text: string): string => Buffer.from(text).toString('latin1')

function inlined(text: string, told: string): readonly unknown[] | undefined {
  return literalsIn(betweenPlaceholders(bytes(told)), bytes(text))?.map(valueOf)
}

function sameValue(logged: unknown, told: unknown): boolean {
  if (typeof told === 'object' && told !== null && 'unknown' in told) return true
  if (told === null || told === undefined || logged === null) return logged === (told ?? null)
  if (told instanceof Uint8Array) return sameBytes(logged, Buffer.from(told))
  if (typeof told === 'boolean') return (told ? ['1', 'true', 't'] : ['0', 'false', 'f']).includes(String(logged))
  if (typeof logged === 'number') return logged === Number(told)
  return String(logged) === String(told)
}

/** MariaDB writes bytes as they are, PostgreSQL as `\x` and hexadecimal digits. */
function sameBytes(logged: unknown, told: Buffer): boolean {
  if (Buffer.isBuffer(logged)) return logged.equals(told)
  return logged === textOf(told.toString('latin1')) || logged === `\\x${told.toString('hex')}`
}
