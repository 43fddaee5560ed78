import { expect } from 'vitest'
import type { Answer } from './client.ts'
import { errorSchema } from './people.ts'

/** RFC 7644 section 3.12, table 9, and RFC 9865 section 2.1. There are no others. */
export const scimTypes: ReadonlySet<unknown> = new Set([
  'invalidFilter',
  'tooMany',
  'uniqueness',
  'mutability',
  'invalidSyntax',
  'invalidPath',
  'noTarget',
  'invalidValue',
  'invalidVers',
  'sensitive',
  'invalidCursor',
  'expiredCursor',
  'invalidCount',
])

/** What an answer must never show: statements, tables and columns of the backends, files, stacks, modules. */
const innards =
  /\bSELECT\b.*\bFROM\b|\bINSERT INTO\b|\bUPDATE\b.*\bSET\b|sqlite|SQLITE_|\bEMP(?:_\w+)?\b|\bROLE_DEF\b|\b(?:person|team)_\w+|\/(?:tmp|home|src|work)\/|\.[cm]?[jt]s:\d|node:\w|\n\s+at |node_modules/

/** Holds an answer to be a proper SCIM error that says something specific and gives nothing away; returns it. */
export function refusal(answer: Answer, what: string): string {
  const { status, body, headers, text } = answer
  const shown = `${what}: ${status} ${text.slice(0, 400)}`
  expect(status, shown).toBeGreaterThanOrEqual(400)
  expect(status, shown).toBeLessThan(500)
  expect(headers['content-type'], shown).toMatch(/^application\/scim\+json/)
  expect(body['schemas'], shown).toEqual([errorSchema])
  expect(body['status'], shown).toBe(String(status))
  expect(String(body['detail'] ?? '').length, shown).toBeGreaterThan(9)
  expect(text, shown).not.toMatch(innards)
  const scimType = body['scimType']
  if (scimType !== undefined) expect(scimTypes.has(scimType), shown).toBe(true)
  // table 9 has a word for everything that is wrong with a request itself
  if (status === 400) expect(scimType, shown).toBeDefined()
  return scimType === undefined ? String(status) : `${status} ${String(scimType)}`
}
