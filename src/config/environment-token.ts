import { digestOf } from '../http/auth.ts'
import type { TokenRule } from '../http/auth.ts'

export const tokenVariable = 'SCIM_BRIDGE_TOKEN'
/** Shorter ones can be guessed (RFC 7644 section 7.4 asks for enough entropy). */
export const shortestToken = 16

/** What is wrong with a token, in words that do not show it. */
export function tokenProblem(token: string): string | undefined {
  if (token.length < shortestToken) return `must have at least ${shortestToken} characters`
  if (!/^[\x21-\x7e]+$/.test(token)) return 'must be visible ASCII characters without blanks'
  return undefined
}

/** The one token that can be given without a file, for containers and trials. An empty variable is no variable. */
export function environmentToken(env: Readonly<Record<string, string | undefined>>): {
  readonly rule?: TokenRule
  readonly problem?: string
} {
  const token = env[tokenVariable]
  if (token === undefined || token === '') return {}
  const problem = tokenProblem(token)
  if (problem !== undefined) return { problem: `${tokenVariable}: ${problem}` }
  return { rule: { name: 'environment', sha256: digestOf(token).toString('hex') } }
}
