import { describe, expect, it } from 'vitest'
import { anonymous, authenticator, authorize, challenge, digestOf } from '../../src/http/auth.ts'
import { isNetwork } from '../../src/http/base-url.ts'
import { clock, serverTiming } from '../../src/http/clock.ts'
import { jsonErrorOffset, nestingDepth } from '../../src/http/json-text.ts'
import { negotiate } from '../../src/http/negotiate.ts'
import { readGuard, readIfNoneMatch } from '../../src/http/versions.ts'

const rule = (name: string, text: string) => ({ name, sha256: digestOf(text).toString('hex') })

describe('authenticator', () => {
  const check = authenticator([rule('one', 'token-number-one'), rule('two', 'token-number-two')], false)
  it.each([
    ['Bearer token-number-one', 'one'],
    ['bearer   token-number-two', 'two'],
  ])('lets %s in as %s', (header, name) => {
    expect(check(header).name).toBe(name)
  })
  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'token-number-one',
    'Basic token-number-one',
    'Bearer token-number-one x',
    'Bearer token-number-on',
    'Bearer token-number-onE',
    `Bearer ${digestOf('token-number-one').toString('hex')}`,
  ])('refuses %j', (header) => {
    expect(() => check(header)).toThrow(expect.objectContaining({ reason: 'unauthenticated' }))
  })
  it('knows no token when none is configured', () => {
    expect(() => authenticator([], false)('Bearer x')).toThrow()
    expect(authenticator([], true)(undefined)).toBe(anonymous)
    // a wrong token is wrong even where none is needed
    expect(() => authenticator([], true)('Bearer x')).toThrow()
  })
  it('names the error in the challenge only when a token was sent', () => {
    expect(challenge(undefined)).toBe('Bearer realm="scim"')
    expect(challenge('Basic x')).toBe('Bearer realm="scim"')
    expect(challenge('Bearer x')).toBe('Bearer realm="scim", error="invalid_token"')
  })
  it('keeps clients to their applications and to reading', () => {
    const reader = { ...anonymous, name: 'r', applications: ['hr'], readOnly: true }
    expect(() => authorize(reader, 'hr', false)).not.toThrow()
    expect(() => authorize(reader, 'hr', true)).toThrow(expect.objectContaining({ reason: 'forbidden' }))
    expect(() => authorize(reader, 'crm', false)).toThrow(expect.objectContaining({ reason: 'forbidden' }))
  })
})

describe('negotiate', () => {
  it.each([
    [undefined, 'application/scim+json'],
    ['', 'application/scim+json'],
    ['*/*', 'application/scim+json'],
    ['application/*', 'application/scim+json'],
    ['application/scim+json', 'application/scim+json'],
    ['application/json', 'application/json'],
    ['application/json; charset=utf-8', 'application/json'],
    ['application/json, text/plain, */*', 'application/scim+json'],
    ['application/json, application/scim+json', 'application/scim+json'],
    ['application/json;q=1, application/scim+json;q=0.5', 'application/json'],
    ['application/scim+json;q=0, */*', 'application/json'],
    ['APPLICATION/JSON', 'application/json'],
    ['text/html, */*;q=0.1', 'application/scim+json'],
  ])('%j gets %s', (accept, type) => {
    expect(negotiate(accept)).toBe(type)
  })
  it.each(['text/xml', 'text/*', 'application/xml, text/html', '*/*;q=0'])('%j cannot be served', (accept) => {
    expect(() => negotiate(accept)).toThrow(expect.objectContaining({ reason: 'notAcceptable' }))
  })
})

describe('entity tags', () => {
  it.each([
    ['*', '*'],
    ['"a"', ['"a"']],
    ['W/"a"', ['W/"a"']],
    [' "a" , W/"b",,"c,d" ', ['"a"', 'W/"b"', '"c,d"']],
    ['""', ['""']],
  ])('%s', (header, versions) => {
    expect(readGuard('If-Match', header)).toEqual(versions)
    expect(readIfNoneMatch(header)).toEqual(versions)
  })
  it.each(['', 'a', 'w/"a"', '"a', '"a" "b"', '*, "a"', '"a"x', 'W/ "a"'])('%j is no list of them', (header) => {
    expect(() => readGuard('If-Match', header)).toThrow(expect.objectContaining({ reason: 'invalidSyntax' }))
    expect(readIfNoneMatch(header)).toBeUndefined()
  })
  it('has none without a header', () => {
    expect(readGuard('If-Match', undefined)).toBeUndefined()
    expect(readIfNoneMatch(undefined)).toBeUndefined()
  })
})

describe('JSON text', () => {
  it.each([
    ['1', 0],
    ['[]', 1],
    ['{"a":[{}]}', 3],
    ['[[],[],[[]]]', 3],
    ['"[[[[\\"[[[["', 0],
    ['{"[":"\\\\","b":[]}', 2],
  ])('%s nests %i deep', (text, depth) => {
    expect(nestingDepth(text, 100)).toBe(depth)
  })
  it('stops counting past the limit', () => {
    expect(nestingDepth('['.repeat(1_000_000), 32)).toBe(33)
  })
  it.each([
    ['', 0],
    ['{', 1],
    ['{"a":x}', 5],
    ['{"a" 1}', 5],
    ['{"a":1,}', 7],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['{"a":1} x', 8],
    ["{'a':1}", 1],
    ['[01]', 1],
    ['[1.]', 1],
    ['["\n"]', 1],
    ['["\\x"]', 1],
    ['[tru]', 1],
    ['{"a":1]', 6],
    ['[}', 1],
  ])('%j stops being JSON at %i', (text, offset) => {
    expect(() => JSON.parse(text) as unknown).toThrow()
    expect(jsonErrorOffset(text)).toBe(offset)
  })
  it('runs to the end of what is JSON', () => {
    const text = ' {"a": [1, -2.5e+3, "x\\u00e9\\"", true, false, null, {}, []], "b": {"c": ""}} '
    expect(JSON.parse(text)).toBeTypeOf('object')
    expect(jsonErrorOffset(text)).toBe(text.length)
  })
  it('is quick and shallow on long strings and deep nesting', () => {
    const started = performance.now()
    expect(jsonErrorOffset(`"${'\\"a'.repeat(300_000)}`)).toBe(0)
    expect(jsonErrorOffset('['.repeat(500_000))).toBe(500_000)
    expect(performance.now() - started).toBeLessThan(2000)
  })
})

describe('clock', () => {
  it('adds up stages in order, of values, promises and failures', async () => {
    let now = 100
    const it1 = clock(() => now)
    expect(it1.time('plan', () => ((now += 2), 'p'))).toBe('p')
    const run = it1.time('run', async () => {
      await Promise.resolve()
      now += 5
      return 'r'
    })
    expect(await run).toBe('r')
    it1.time('plan', () => (now += 1))
    expect(() =>
      it1.time('bad', () => {
        now += 3
        throw new Error('x')
      }),
    ).toThrow('x')
    await expect(it1.time('late', () => Promise.reject(new Error('y')))).rejects.toThrow('y')
    expect(it1.stages()).toEqual([
      ['plan', 3],
      ['run', 5],
      ['bad', 3],
      ['late', 0],
    ])
    expect(serverTiming(it1)).toBe('plan;dur=3.0, run;dur=5.0, bad;dur=3.0, late;dur=0.0, total;dur=11.0')
  })
  it('keeps names that are no tokens out of the header', () => {
    const it1 = clock(() => 0)
    it1.time('a\r\nX-Evil: 1', () => 0)
    expect(serverTiming(it1)).toBe('total;dur=0.0')
  })
})

describe('isNetwork', () => {
  it.each(['127.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8'])('%s is one', (text) => expect(isNetwork(text)).toBe(true))
  it.each(['', 'localhost', '10.0.0.0/33', '10.0.0/8', '10.0.0.0/', '10.0.0.0/a', '*'])('%j is none', (text) =>
    expect(isNetwork(text)).toBe(false),
  )
})
