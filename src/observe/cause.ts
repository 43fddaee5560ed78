import { isBridgeError } from '../base/errors.ts'
import { withoutValues } from './redact.ts'

/** What the log shows of an error: what kind it is and where, never what it was about. */
export interface CauseEntry {
  readonly name: string
  readonly message: string
  readonly code?: string | number
  readonly at?: readonly string[]
  readonly cause?: CauseEntry
}

const deepest = 4
const frames = 8

/** Stable codes of Node, SQL drivers and LDAP clients: `ECONNREFUSED`, `ER_DUP_ENTRY`, `23505`, 49. */
function codeOf(error: Error): string | number | undefined {
  if (isBridgeError(error)) return error.code
  const { code } = error as { readonly code?: unknown }
  if (typeof code === 'number') return code
  return typeof code === 'string' && /^\w{1,64}$/.test(code) ? code : undefined
}

/** Only the frames: the head of a stack repeats the message, whose lines may look like frames. */
function framesOf(error: Error): readonly string[] {
  const stack = error.stack ?? ''
  const end = stack.indexOf(error.message)
  return (end < 0 ? '' : stack.slice(end + error.message.length))
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, frames)
    .map((line) => line.trim())
}

/** Fields are picked one by one: drivers hang the SQL text, its parameters and whole rows on their errors. */
export function causeEntry(cause: unknown, depth = 0): CauseEntry {
  if (!(cause instanceof Error)) return { name: typeof cause, message: '' }
  const code = codeOf(cause)
  const at = framesOf(cause)
  return {
    name: cause.name,
    message: withoutValues(cause.message),
    ...(code !== undefined && { code }),
    ...(at.length > 0 && { at }),
    ...(cause.cause !== undefined && depth < deepest && { cause: causeEntry(cause.cause, depth + 1) }),
  }
}
