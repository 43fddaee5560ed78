import { describe, expect, it } from 'vitest'
import type { ErrorReason } from '../../src/base/errors.ts'
import { asBridgeError, BridgeError, codes } from '../../src/base/errors.ts'
import { errorAnswer, statusTable } from '../../src/scim/error-answer.ts'
import { scimTypes } from '../wire/refusal.ts'

/** The whole judgement again, written out: a change of a row is a change of behaviour. */
const expected: Readonly<Record<ErrorReason, readonly [status: number, scimType?: string]>> = {
  invalidSyntax: [400, 'invalidSyntax'],
  invalidFilter: [400, 'invalidFilter'],
  invalidPath: [400, 'invalidPath'],
  invalidValue: [400, 'invalidValue'],
  noTarget: [400, 'noTarget'],
  mutability: [400, 'mutability'],
  invalidVersion: [400, 'invalidVers'],
  invalidCursor: [400, 'invalidCursor'],
  expiredCursor: [400, 'expiredCursor'],
  invalidCount: [400, 'invalidCount'],
  unauthenticated: [401],
  forbidden: [403],
  sensitive: [403, 'sensitive'],
  notFound: [404],
  methodNotAllowed: [405],
  notAcceptable: [406],
  requestTimeout: [408],
  unresolved: [409],
  preconditionFailed: [412],
  payloadTooLarge: [413],
  uriTooLong: [414],
  unsupportedMediaType: [415],
  headersTooLarge: [431],
  notImplemented: [501],
  invalidMapping: [500],
  invalidConfiguration: [500],
  tooMany: [400, 'tooMany'],
  cannotSort: [400, 'invalidValue'],
  notAllowed: [403],
  conflict: [409, 'uniqueness'],
  conflictOutOfScope: [409, 'uniqueness'],
  missing: [404],
  constraint: [400, 'invalidValue'],
  denied: [403],
  busy: [503],
  unavailable: [503],
  timeout: [503],
  limit: [400, 'tooMany'],
  internal: [500],
}

describe('the error table', () => {
  it.each(Object.values(codes))('%s has its status and scimType', (reason) => {
    const answer = errorAnswer(new BridgeError(reason, 'what happened'), 'r-1')
    const [status, scimType] = expected[reason]
    expect([answer.status, answer.body.scimType]).toEqual([status, scimType])
    expect(answer.body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:Error'])
    expect(answer.body.status).toBe(String(status))
    expect(answer.retry).toBe(status === 503)
    if (scimType !== undefined) expect(scimTypes.has(scimType)).toBe(true)
  })

  it('shows the detail, except of a 500, where it shows the request id', () => {
    expect(errorAnswer(new BridgeError('invalidPath', 'what happened'), 'r-1').body.detail).toBe('what happened')
    for (const reason of ['internal', 'invalidMapping', 'invalidConfiguration'] as const) {
      expect(statusTable[reason].hide).toBe(true)
      const detail = String(errorAnswer(new BridgeError(reason, 'secret place'), 'r-1').body.detail)
      expect(detail).toContain('r-1')
      expect(detail).not.toContain('secret')
    }
  })

  it('makes internal of whatever else is thrown, keeping it as the cause', () => {
    for (const thrown of [new TypeError('SELECT * FROM secret'), 'text', undefined, null, { status: 400 }]) {
      const error = asBridgeError(thrown)
      expect([error.reason, error.detail, error.cause]).toEqual(['internal', 'Internal error', thrown])
    }
    // a URIError that is not Express's own is a mistake of ours, not of the client
    expect(asBridgeError(new URIError('URI malformed')).reason).toBe('internal')
  })
})
