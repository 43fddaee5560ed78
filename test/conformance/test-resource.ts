import type { JsonObject } from '../../src/base/json.ts'
import type { Answer } from '../wire/client.ts'
import type { Served } from '../wire/playground.ts'

export const testSchema = 'urn:ietf:params:scim:schemas:test:2.0:TestResource'
export const testExtension = 'urn:ietf:params:scim:schemas:extension:test:2.0:TestResource'

/** The body of a TestResource with what is required; `extension: null` leaves the extension out. */
export const testResource = (
  identifier: string,
  more: JsonObject = {},
  extension: JsonObject | null = { extRequired: 'x' },
): JsonObject => ({
  schemas: [testSchema, testExtension],
  identifier,
  ...more,
  ...(extension === null ? {} : { [testExtension]: extension }),
})

/** Every attribute that a client can write. */
export const everything = (identifier: string): JsonObject =>
  testResource(
    identifier,
    {
      externalId: 'Ext-1',
      caseExactString: 'Case Matters',
      caseInsensitiveString: 'Case Does Not',
      integerAttr: -42,
      booleanAttr: false,
      dateTimeAttr: '2026-01-31T12:00:00.5Z',
      binaryAttr: 'AAEC/v8=',
      referenceAttr: 'https://example.com/a?b=c#d',
      immutableAttr: 'once',
      writeOnlyAttr: 'nobody-sees-this',
      requestOnlyAttr: 'when asked',
      alwaysReturnedAttr: 'always',
      multiStrings: ['one', 'two', 'Three'],
      complexAttr: { sub1: 'part', sub2: 7, sub3: true },
      multiComplex: [
        { value: 'first', type: 'work', primary: true },
        { value: 'second', type: 'home' },
      ],
      uniqueString: `Unique of ${identifier}`,
    },
    { extString: 'text', extRequired: 'must', extInteger: 0 },
  )

let count = 0
/** An identifier that nobody has. */
export const fresh = (): string => `resource-${++count}`

/** Makes one; the answer must be 201. */
export async function made(
  server: Served,
  body: JsonObject,
): Promise<{ readonly path: string; readonly answer: Answer }> {
  const answer = await server.post('/TestResources', body)
  if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`)
  return { path: `/TestResources/${String(answer.body['id'])}`, answer }
}
