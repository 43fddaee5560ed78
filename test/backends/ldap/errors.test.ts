import { describe, expect, it } from 'vitest'
import { reasonOf, refused } from '../../../src/backends/ldap/errors.ts'
import type { Result } from '../../../src/backends/ldap/operation.ts'

const result = (code: number): Result => ({
  code,
  message: 'cn=secret,dc=example is no good',
  entries: [],
  references: ['ldap://elsewhere.example/cn=secret'],
  cookie: undefined,
  read: undefined,
})

describe('a result code', () => {
  it.each<[reason: string, codes: readonly number[]]>([
    ['limit', [3, 4, 11]],
    ['busy', [16, 51]],
    ['unavailable', [1, 7, 8, 10, 12, 13, 48, 49, 52, 80]],
    ['denied', [50, 53, 123]],
    ['constraint', [17, 19, 20, 21, 34, 64, 65, 66, 67, 69]],
    ['missing', [32]],
    ['conflict', [68]],
    ['preconditionFailed', [122]],
    ['internal', [2, 18, 9_999]],
  ])('is judged as %s', (reason, codes) => {
    expect(codes.map(reasonOf)).toEqual(codes.map(() => reason))
  })

  it.each([4, 10, 19, 32, 49, 53, 68, 9_999])(
    '%i tells the client nothing of the directory, and the log all',
    (code) => {
      const error = refused(result(code), 'adding an entry')
      expect(error.reason).toBe(reasonOf(code))
      expect(error.detail).not.toMatch(/cn=|dc=|secret|elsewhere/)
      expect(error.cause).toMatchObject({
        message: `adding an entry: result code ${code}: cn=secret,dc=example is no good`,
      })
    },
  )

  it.each([
    [4, /size limit/],
    [11, /look-through limit/],
    [19, /value or password/],
  ])('%i says what to do', (code, advice) => {
    expect(refused(result(code), 'x').detail).toMatch(advice)
  })
})
