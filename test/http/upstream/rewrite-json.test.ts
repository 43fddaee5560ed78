import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renamedText, renaming } from '../../../src/http/upstream/renaming.ts'
import { NotJson, rewriteJson } from '../../../src/http/upstream/rewrite-json.ts'

const upper = (value: string): string => value.toUpperCase()
const rewriter = () => rewriteJson(({ key }) => key === 'x', upper)

/** Through the rewriter in parts that end at these places. */
function inParts(text: string, cuts: readonly number[]): string {
  const one = rewriter()
  const places = [0, ...[...cuts].sort((a, b) => a - b), text.length]
  return (
    places
      .slice(1)
      .map((end, i) => one.push(text.slice(places[i], end)))
      .join('') + one.end()
  )
}

/** JSON as somebody else may print it: blanks, escapes, numbers that a parser would change. */
const blank = fc.stringMatching(/^[ \t\n\r]{0,3}$/)
const number = fc.oneof(
  fc.bigInt().map(String),
  fc.constantFrom('1.0', '-0.0', '1E+400', '0.10', '12345678901234567890'),
)
const text = fc.oneof(
  fc.string({ unit: 'binary' }).map((value) => JSON.stringify(value)),
  fc.constantFrom('"\\u0041\\/b"', '"\\ud83d\\ude00"', '"\\\\"', '"x"', '"$ref"', '""'),
)
const { json } = fc.letrec<{ json: string; value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    number,
    text,
    fc.constantFrom('true', 'false', 'null'),
    tie('json'),
    fc.array(tie('value'), { maxLength: 4 }).map((all) => `[${all.join(' ,')}]`),
  ),
  json: fc
    .array(fc.tuple(blank, fc.oneof(text, fc.constant('"x"')), blank, tie('value'), blank), { maxLength: 4 })
    .map((all) => `{${all.map(([a, key, b, value, c]) => `${a}${key}${b}:${value}${c}`).join(',')}}`),
}))

/** The same by parsing, where parsing keeps what was sent. */
const parsed = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(parsed)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value).map(([key, one]) => [
            key,
            key === 'x' && typeof one === 'string' ? upper(one) : parsed(one),
          ]),
        )
      : value

describe('rewriteJson', () => {
  it('changes the chosen strings and no other character, in whatever parts the text comes', () => {
    fc.assert(
      fc.property(json, fc.array(fc.nat()), (whole, cuts) => {
        const untouched = rewriteJson(
          () => true,
          (value) => value,
        )
        expect(untouched.push(whole) + untouched.end()).toBe(whole)
        const out = inParts(whole, [])
        expect(
          inParts(
            whole,
            cuts.map((cut) => cut % (whole.length + 1)),
          ),
        ).toBe(out)
        expect(
          inParts(
            whole,
            Array.from({ length: whole.length }, (_, i) => i),
          ),
        ).toBe(out)
        expect(JSON.parse(out)).toEqual(parsed(JSON.parse(whole)))
      }),
    )
  })

  it('refuses what JSON.parse refuses, and takes what it takes', () => {
    const mutated = fc
      .tuple(json, fc.nat(), fc.constantFrom('', '"', '}', '{', ',', ':', ']', '\\', '1', 'e', '\n', '\u0001'))
      .map(([whole, at, by]) => {
        const place = at % (whole.length + 1)
        return whole.slice(0, place) + by + whole.slice(place + 1)
      })
    fc.assert(
      fc.property(mutated, (whole) => {
        let isObject: boolean
        try {
          const value: unknown = JSON.parse(whole)
          isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
        } catch {
          isObject = false
        }
        if (isObject) expect(JSON.parse(inParts(whole, []))).toEqual(parsed(JSON.parse(whole)))
        else expect(() => inParts(whole, [])).toThrow(NotJson)
      }),
      { numRuns: 2000 },
    )
  })

  it('holds no more than a token of it', () => {
    const one = rewriter()
    expect(one.push('{"a":"')).toBe('{"a":"')
    const long = 'y'.repeat(100_000)
    for (let i = 0; i < 100; i++) expect(one.push(long)).toBe(long)
    expect(one.push('","x":"')).toBe('","x":')
    expect(one.push(long).length).toBeGreaterThan(100_000)
    expect(one.push('z"}') + one.end()).toBe('z"}')
    const deep = rewriter()
    expect(() => deep.push('{"a":'.repeat(1000))).toThrow(NotJson)
    const wide = rewriter()
    expect(() => wide.push(`{"a":${'1'.repeat(100_000)}`)).toThrow(NotJson)
  })

  it('is quick', () => {
    const whole = `{"Resources":[${'{"id":"1","emails":[{"value":"a@x.org","primary":true}],"x":"abc","n":12.5},'.repeat(20_000)}{}]}`
    const since = performance.now()
    inParts(whole, [])
    expect(performance.now() - since).toBeLessThan(5000)
  })
})

describe('renaming', () => {
  const rename = renaming([
    { from: 'https://there.example/scim/v2', to: 'https://here.example/crm/v2' },
    { from: 'https://there.example/scim/v2/Devices', to: 'https://here.example/hr/v2/Gadgets' },
    { from: 'http://there.example:8080', to: 'https://here.example/x' },
  ])
  it.each([
    ['https://there.example/scim/v2/Users/1', 'https://here.example/crm/v2/Users/1'],
    ['HTTPS://There.Example:443/scim/v2/Users/a%2Fb?x#y', 'https://here.example/crm/v2/Users/a%2Fb?x#y'],
    ['https://there.example/scim/v2', 'https://here.example/crm/v2'],
    ['https://there.example/scim/v2/Devices/1', 'https://here.example/hr/v2/Gadgets/1'],
    ['https://there.example/scim/v2/DevicesOther/1', 'https://here.example/crm/v2/DevicesOther/1'],
    ['http://there.example:8080/y', 'https://here.example/x/y'],
    ['https://there.example/scim/v22/Users/1', undefined],
    ['https://there.example/SCIM/v2/Users/1', undefined],
    ['http://there.example/scim/v2/Users/1', undefined],
    ['https://there.example.evil/scim/v2/Users/1', undefined],
    ['https://user@there.example/scim/v2/Users/1', undefined],
    ['//there.example/scim/v2/Users/1', undefined],
    ['/scim/v2/Users/1', undefined],
    ['Users/1', undefined],
    ['', undefined],
    ['https://[', undefined],
  ])('%s is %s', (url, other) => expect(rename(url)).toBe(other))

  it('looks at addresses of resources and at nothing else', () => {
    const url = 'https://there.example/scim/v2/Users/1'
    const other = 'https://here.example/crm/v2/Users/1'
    const message = (address: string): object => ({
      schemas: ['urn:x'],
      meta: { location: address, other: url },
      location: url,
      profileUrl: url,
      manager: { $ref: address, $REF: address, value: url },
      Operations: [{ method: 'POST', location: address, response: { meta: { Location: address }, location: url } }],
      list: [url, { $ref: address }],
    })
    expect(renamedText(JSON.stringify(message(url)), rename)).toBe(JSON.stringify(message(other)))
  })
})
