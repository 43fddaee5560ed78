import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json, JsonObject } from '../../src/base/json.ts'
import { where } from '../wire/people.ts'
import type { Served } from '../wire/playground.ts'
import { everything, fresh, made, testExtension, testResource, testSchema } from './test-resource.ts'

/** What is written, and what is read back when that is another text for the same value. */
type Kept = readonly [name: string, given: Json, shown?: Json]

const kept: readonly Kept[] = [
  ...[0, -1, 9007199254740991, -9007199254740991].map((n): Kept => ['integerAttr', n]),
  ['booleanAttr', true],
  ['booleanAttr', false],
  ['dateTimeAttr', '2026-01-31T12:00:00Z'],
  ['dateTimeAttr', '2026-01-31T12:00:00+02:00', '2026-01-31T10:00:00Z'],
  ['dateTimeAttr', '2026-01-31T23:30:00-11:30', '2026-02-01T11:00:00Z'],
  ['dateTimeAttr', '2026-01-31T12:00:00.000Z', '2026-01-31T12:00:00Z'],
  ['dateTimeAttr', '2026-01-31T12:00:00.123456Z'],
  ['dateTimeAttr', '2026-01-31T12:00:00', '2026-01-31T12:00:00Z'],
  ['dateTimeAttr', '2026-01-31T24:00:00Z', '2026-02-01T00:00:00Z'],
  ['dateTimeAttr', '2024-02-29T00:00:00Z'],
  ['dateTimeAttr', '1000-01-01T00:00:00Z'],
  ['dateTimeAttr', '9999-12-31T23:59:59.999Z'],
  ['binaryAttr', 'AAEC/v8='],
  ['binaryAttr', 'AAEC/v8', 'AAEC/v8='],
  ['binaryAttr', 'AA', 'AA=='],
  ['binaryAttr', 'AAAA'],
  ['binaryAttr', Buffer.from(Array.from({ length: 256 }, (_, i) => i)).toString('base64')],
  ['referenceAttr', 'https://example.com/Users/1?a=b&c=%20#frag'],
  ['referenceAttr', 'Users/2819c223'],
  ['referenceAttr', '../Groups/1'],
  ['referenceAttr', 'urn:ietf:params:scim:schemas:core:2.0:User'],
  ['referenceAttr', 'HTTPS://Example.COM/A'],
  ['multiStrings', ['b', 'a', 'B']],
  ['multiStrings', ['once', 'once', 'twice'], ['once', 'twice']],
  ['complexAttr', { sub3: false, sub2: 0 }],
  ['complexAttr', { SUB1: 'x', Sub2: 1 }, { sub1: 'x', sub2: 1 }],
  [
    'multiComplex',
    [
      { value: 'v', type: 'work', primary: true },
      { value: 'v', type: 'home' },
    ],
  ],
  [
    'multiComplex',
    [
      { value: 'v', type: 'custom' },
      { type: 'custom', value: 'v' },
    ],
    [{ value: 'v', type: 'custom' }],
  ],
  ...[
    '"quoted"',
    "it's",
    'back\\slash',
    '\\0 \\n',
    'tab\tline\nend\r\n',
    '%_*()&|!',
    '𝒳 😀 é é',
    ' blanks ',
    '<b>&amp;',
    '{{x}} ${y} :z ?',
  ].flatMap((text): readonly Kept[] => [
    ['caseExactString', text],
    ['caseInsensitiveString', text],
    ['multiStrings', [text]],
    ['uniqueString', text],
  ]),
]

/** What is no value of its type; the refusal names the attribute. */
const refused: readonly (readonly [name: string, given: Json])[] = [
  ...[1.5, '5', true, 9007199254740992, 1e300, [5], { value: 5 }].map((v): [string, Json] => ['integerAttr', v]),
  ...['true', 1, 0, [true], {}].map((v): [string, Json] => ['booleanAttr', v]),
  ...[
    '2026-01-01',
    '12:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-01-01T25:00:00Z',
    '2026-01-01 12:00:00Z',
    'now',
    '',
    1767225600,
    '12026-01-01T00:00:00Z',
  ].map((v): [string, Json] => ['dateTimeAttr', v]),
  ...['!', 'AAE', 'AAAAA', 'A===', 'AA-_', 'A A=', 'AA=A', 7, ['AAAA']]
    .filter((v) => v !== 'AAE')
    .map((v): [string, Json] => ['binaryAttr', v]),
  ...['a b', 'http://[x', '<script>', 'a\nb', 'x^y', '%zz', 7, { value: 'x' }].map((v): [string, Json] => [
    'referenceAttr',
    v,
  ]),
  ...[7, true, ['x'], { value: 'x' }, 'a\0b', '\ud800'].map((v): [string, Json] => ['caseExactString', v]),
  ...['x', 7, [7], [['x']], [{ value: 'x' }], ['a\0b']].map((v): [string, Json] => ['multiStrings', v]),
  ...['x', 7, [{ sub1: 'x' }], { sub1: 7 }, { sub2: 'x' }, { sub2: 1.5 }, { sub3: 'true' }].map((v): [string, Json] => [
    'complexAttr',
    v,
  ]),
  ...[
    'x',
    { value: 'x' },
    ['x'],
    [7],
    [{ value: 7 }],
    [{ value: 'x', primary: 'true' }],
    [{ value: { value: 'x' } }],
  ].map((v): [string, Json] => ['multiComplex', v]),
  [
    'multiComplex',
    [
      { value: 'a', primary: true },
      { value: 'b', primary: true },
    ],
  ],
]

/** Each data type of RFC 7643 section 2.3 through POST, PUT, PATCH and back. `open`: empty, strict. */
export function holdDataTypes(open: () => Promise<Served>): void {
  let server: Served
  beforeAll(async () => {
    server = await open()
  })
  afterAll(async () => server?.stop())

  const shown = async (path: string): Promise<JsonObject> => (await server.get(path)).body

  describe('values', () => {
    it.each(kept.map(([name, given, as]) => [name, given, as ?? given] as const))(
      '%s: %j comes back',
      async (name, given, as) => {
        const identifier = fresh()
        const posted = await made(server, testResource(identifier, { [name]: given }))
        expect(posted.answer.body[name]).toEqual(as)
        expect(await shown(posted.path)).toEqual(posted.answer.body)
        const version = (body: JsonObject) => String((body['meta'] as JsonObject)['version'])
        const put = await server.put(posted.path, testResource(identifier, { [name]: given }))
        expect(put, put.text).toMatchObject({ status: 200, body: { [name]: as } })
        // RFC 7644 section 3.5.1: what is there already is no change
        expect(version(put.body)).toBe(version(posted.answer.body))
        expect((await server.patch(posted.path, { op: 'remove', path: name })).body).not.toHaveProperty(name)
        const patched = await server.patch(posted.path, { op: 'add', path: name, value: given })
        expect(patched, patched.text).toMatchObject({ status: 200, body: { [name]: as } })
        const again = await server.patch(posted.path, { op: 'replace', value: { [name]: given } })
        expect(version(again.body)).toBe(version(patched.body))
        await server.delete(posted.path)
      },
    )

    it.each(refused)('%s: %j is refused', async (name, given) => {
      const identifier = fresh()
      const { path } = await made(server, testResource(identifier))
      const before = await shown(path)
      const body = testResource(identifier, { [name]: given })
      // one element may come without its array in a PATCH
      const bare = name.startsWith('multi') && !Array.isArray(given) && typeof given !== 'number'
      for (const answer of [
        await server.post('/TestResources', testResource(fresh(), { [name]: given })),
        await server.put(path, body),
        ...(bare ? [] : [await server.patch(path, { op: 'replace', path: name, value: given })]),
      ]) {
        expect(answer, answer.text).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } })
        expect(answer.body['detail']).toContain(name)
      }
      expect(await shown(path)).toEqual(before)
    })

    it.each(Object.keys(everything('x')).filter((name) => !['schemas', 'identifier', testExtension].includes(name)))(
      '%s: null, nothing and an empty list are the same',
      async (name) => {
        const identifier = fresh()
        const { path, answer } = await made(
          server,
          testResource(identifier, { [name]: name.startsWith('multi') ? [] : null }),
        )
        expect(answer.body).not.toHaveProperty(name)
        if (name === 'writeOnlyAttr' || name === 'immutableAttr') return
        const full = { ...everything(identifier), uniqueString: fresh() }
        const empties = [null, ...(name.startsWith('multi') ? [[]] : [])]
        for (const empty of empties) {
          await server.put(path, full)
          expect((await server.put(path, { ...full, [name]: empty })).body).not.toHaveProperty(name)
          await server.put(path, full)
          const op = { op: 'replace', path: name, value: empty }
          const patched = await server.patch(path, op)
          expect(patched.status, patched.text).toBe(200)
          expect(await shown(path)).not.toHaveProperty(name)
        }
        const found = await server.get(`/TestResources${where(`identifier eq "${identifier}" and not (${name} pr)`)}`)
        expect(found.body['totalResults']).toBe(1)
        await server.delete(path)
      },
    )

    it('takes a number for what it is, however it is written', async () => {
      for (const [written, value] of [
        ['1e3', 1000],
        ['1.0', 1],
        ['-0', 0],
      ] as const) {
        const text = JSON.stringify(testResource(fresh(), { integerAttr: 77 })).replace(
          '"integerAttr":77',
          `"integerAttr":${written}`,
        )
        const answer = await server.send('POST', '/TestResources', { body: text })
        expect(answer.status, answer.text).toBe(201)
        expect(answer.text).toContain(`"integerAttr":${value}`)
      }
      for (const written of ['9007199254740993', '123456789012345678901234567890', '1e400', '0.5', '1.0000001']) {
        const text = JSON.stringify(testResource(fresh(), { integerAttr: 77 })).replace(
          '"integerAttr":77',
          `"integerAttr":${written}`,
        )
        expect(await server.send('POST', '/TestResources', { body: text })).toMatchObject({
          status: 400,
          body: { scimType: 'invalidValue' },
        })
      }
    })
  })

  describe('comparison', () => {
    const moments = [
      '2025-12-31T23:59:59Z',
      '2026-01-01T00:30:00+02:00',
      '2026-01-01T00:00:00Z',
      '2025-12-31T23:30:00-02:00',
      '2026-01-01T00:00:00.5Z',
    ]
    let tag: string
    beforeAll(async () => {
      tag = fresh()
      for (const [i, dateTimeAttr] of moments.entries())
        await made(
          server,
          testResource(`${tag}-${i}`, {
            externalId: tag,
            dateTimeAttr,
            integerAttr: 10 - i,
            binaryAttr: 'AAE',
            booleanAttr: i === 0,
          }),
        )
      await made(
        server,
        testResource(`${tag}-none`, {
          externalId: tag,
          multiComplex: [
            { value: 'v', type: 'work' },
            { value: 'w', type: 'home' },
          ],
        }),
      )
    })
    const found = async (filter: string): Promise<readonly string[] | string> => {
      const answer = await server.get(
        `/TestResources${where(`externalId eq "${tag}" and (${filter})`, '&sortBy=identifier')}`,
      )
      return answer.status === 200
        ? (answer.body['Resources'] as readonly JsonObject[]).map((each) =>
            String(each['identifier']).slice(tag.length + 1),
          )
        : `${answer.status} ${String(answer.body['scimType'])}`
    }

    it.each([
      // in the order of time: 1, 0, 2, 4, 3
      ['dateTimeAttr gt "2026-01-01T00:00:00Z"', ['3', '4']],
      ['dateTimeAttr ge "2026-01-01T01:00:00+01:00"', ['2', '3', '4']],
      ['dateTimeAttr lt "2026-01-01T00:00:00Z"', ['0', '1']],
      ['dateTimeAttr eq "2025-12-31T22:30:00Z"', ['1']],
      ['dateTimeAttr pr', ['0', '1', '2', '3', '4']],
      ['integerAttr gt 8', ['0', '1']],
      ['integerAttr eq 8', ['2']],
      ['integerAttr le 7', ['3', '4']],
      ['booleanAttr eq true', ['0']],
      ['booleanAttr eq false', ['1', '2', '3', '4']],
      ['binaryAttr eq "AAE="', ['0', '1', '2', '3', '4']],
      ['binaryAttr eq "AAA="', []],
      ['multiComplex[type eq "WORK" and value eq "v"]', ['none']],
      ['multiComplex[type eq "work" and value eq "w"]', []],
      [`${testSchema}:integerAttr eq 10`, ['0']],
      [`${testExtension}:extRequired eq "X" and integerAttr eq 9`, ['1']],
      ['booleanAttr gt true', '400 invalidFilter'],
      ['binaryAttr gt "AAE="', '400 invalidFilter'],
      ['integerAttr co 1', '400 invalidFilter'],
      ['unknownAttr eq "x"', '400 invalidFilter'],
    ])('%s', async (filter, expected) => {
      expect(await found(filter)).toEqual(expected)
    })

    it.each([
      ['dateTimeAttr', ['1', '0', '2', '4', '3', 'none']],
      ['integerAttr', ['4', '3', '2', '1', '0', 'none']],
    ])('sorts by %s', async (name, expected) => {
      const sorted = async (order: string) => {
        const answer = await server.get(
          `/TestResources${where(`externalId eq "${tag}"`, `&sortBy=${name}&sortOrder=${order}`)}`,
        )
        expect(answer.status, answer.text).toBe(200)
        return (answer.body['Resources'] as readonly JsonObject[]).map((each) =>
          String(each['identifier']).slice(tag.length + 1),
        )
      }
      expect(await sorted('ascending')).toEqual(expected)
      expect((await sorted('descending'))[0]).toBe('none')
      expect((await sorted('descending')).slice(1)).toEqual(expected.slice(0, -1).reverse())
    })
  })
}
