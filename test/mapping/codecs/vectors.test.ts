import { describe, expect, it } from 'vitest'
import { hashPassword } from '../../../src/mapping/codecs/password.ts'
import type { PasswordScheme } from '../../../src/mapping/codecs/password.ts'
import { makeCodec } from '../../../src/mapping/codecs/make-codec.ts'
import type { CodecFile } from '../../../src/mapping/file-codec.ts'
import type { NativeScalar } from '../../../src/mapping/slot.ts'
import { attribute } from '../../../src/scim/schema.ts'
import type { AttributeType } from '../../../src/scim/schema.ts'
import type { Json } from '../../../src/base/json.ts'

describe('passwords against values that hashlib of Python made', () => {
  const salt = (text: string) => new TextEncoder().encode(text)
  const cases: readonly (readonly [PasswordScheme, string, Uint8Array, number, string])[] = [
    ['plain', 'secret', salt(''), 1, 'secret'],
    ['ssha', 'pä55', salt('saltsalt'), 1, '{SSHA}nGwplZ+qnVQAYRfzomvhyHcr9MRzYWx0c2FsdA=='],
    ['ssha256', 'pä55', salt('saltsalt'), 1, '{SSHA256}yYjLpSkIyII+smYXQb/3g0BSEQeVd9SE/BXxWOqsNlFzYWx0c2FsdA=='],
    [
      'ssha512',
      'pä55',
      salt('saltsalt'),
      1,
      '{SSHA512}BmQwCJOQ7AKTOqmUGoiYwYFSPgcrn+RonmA2ffMZI3GEMmvN4Rti0uHxLSSY/+D/PC2fCMJzsgDs/2UJ+UfGVnNhbHRzYWx0',
    ],
    [
      'pbkdf2',
      'password',
      salt('salt'),
      4096,
      '{PBKDF2-SHA256}4096$c2FsdA$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o',
    ],
    ['django', 'password', salt('salt'), 4096, 'pbkdf2_sha256$4096$salt$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o='],
  ]
  it.each(cases)('%s', (scheme, password, s, iterations, hash) => {
    expect(hashPassword(scheme, password, s, iterations)).toBe(hash)
  })

  it.each(['ssha', 'ssha256', 'ssha512', 'pbkdf2', 'django'])('%s salts every time anew', (scheme) => {
    const codec = makeCodec({ password: scheme, iterations: 10 }, attribute('password'))
    const [a, b] = [codec.encode('secret'), codec.encode('secret')]
    expect(a).not.toBe(b)
    expect(String(a)).not.toContain('secret')
    expect(codec.decode(a)).toBeUndefined()
  })

  it('gives a composed and a decomposed password one form', () => {
    const codec = makeCodec('plain', attribute('password'))
    expect(codec.encode('e\u0301')).toBe(codec.encode('\u00e9'))
  })
})

describe('known values', () => {
  const cases: readonly (readonly [CodecFile | undefined, AttributeType, NativeScalar, Json | undefined])[] = [
    [undefined, 'string', '', undefined],
    [undefined, 'string', 42, '42'],
    [undefined, 'string', new TextEncoder().encode('é'), 'é'],
    ['boolean', 'boolean', true, true],
    ['boolean', 'boolean', 0n, false],
    ['boolean', 'boolean', 2, undefined],
    [{ bit: '0x2', is: 0 }, 'boolean', 514, false],
    [{ bit: '0x2', is: 0 }, 'boolean', '512', true],
    ['integer', 'integer', 9007199254740993n, undefined],
    ['integer', 'string', 9007199254740993n, '9007199254740993'],
    ['decimal', 'decimal', '12.50', 12.5],
    ['epoch', 'dateTime', 1700000000, '2023-11-14T22:13:20Z'],
    ['epochMillis', 'dateTime', -1, '1969-12-31T23:59:59.999Z'],
    // 116444736000000000 is 1970 (MS-DTYP section 2.3.3)
    ['filetime', 'dateTime', 116444736000000000n, '1970-01-01T00:00:00Z'],
    ['filetime', 'dateTime', '132539328000000001', '2021-01-01T00:00:00.0000001Z'],
    ['generalized', 'dateTime', '20260101120000.0Z', '2026-01-01T12:00:00Z'],
    ['generalized', 'dateTime', '202601011200+0100', '2026-01-01T11:00:00Z'],
    ['datetime', 'dateTime', '2026-07-01 12:00:00.120000', '2026-07-01T12:00:00.12Z'],
    ['datetime', 'dateTime', '2026-07-01 12:00:00+02', '2026-07-01T10:00:00Z'],
    [{ time: 'datetime', zone: 'Europe/Berlin' }, 'dateTime', '2026-07-01 12:00:00', '2026-07-01T10:00:00Z'],
    [{ time: 'datetime', zone: 'Europe/Berlin' }, 'dateTime', '2026-01-01 12:00:00', '2026-01-01T11:00:00Z'],
    [{ time: 'yyyyMMdd', zone: '-05:00' }, 'dateTime', '20260701', '2026-07-01T05:00:00Z'],
    ['date', 'dateTime', '2026-02-30', undefined],
    ['guid', 'string', Buffer.from('33221100554477668899aabbccddeeff', 'hex'), '00112233-4455-6677-8899-aabbccddeeff'],
    ['uuid', 'string', Buffer.from('00112233445566778899aabbccddeeff', 'hex'), '00112233-4455-6677-8899-aabbccddeeff'],
    ['tel', 'string', '+1 201 555 0123', 'tel:+1-201-555-0123'],
    ['tel', 'string', '(030) 12 34 ext. 5', 'tel:030-12-34;ext=5'],
    [['trim', { values: { A: 'x' } }], 'string', 'A   ', 'x'],
  ]
  it.each(cases)('%j of %s reads %s as %j', (spec, type, native, scim) => {
    expect(makeCodec(spec, attribute('a', { type })).decode(native)).toEqual(scim)
  })
})

describe('bits', () => {
  const codec = makeCodec({ bit: '0x2', is: 0 }, attribute('active', { type: 'boolean' }))
  it.each([
    [true, 514, 512],
    [false, 512, 514],
    [false, 514, 514],
    [true, 66050n, 66048n],
    [false, '512', '514'],
    [false, null, 2],
  ] as const)('%s over %s writes %s', (value, held, written) => {
    expect(codec.encode(value, held)).toBe(written)
  })
})

describe('what is no codec is said', () => {
  const cases: readonly (readonly [CodecFile, string])[] = [
    ['bolean', 'did you mean "boolean"?'],
    ['constructor', 'there is no codec "constructor"'],
    [{ time: 'yyyy' }, 'is no time format'],
    [{ time: 'epoch', zone: 'Mars/Base' }, 'there is no time zone'],
    [{ bit: 4, is: 2 }, 'bits that the mask has not'],
    [{ password: 'md5' }, 'is no password scheme'],
    [{ template: 'a{value}b{value}' }, 'holds {value} once'],
    [{ prefix: 'é' }, 'plain ASCII'],
    [{ time: 'epoch', bit: 1 }, 'make a list of them'],
    [{ zone: 'UTC' }, 'a codec block needs one of'],
  ]
  it.each(cases)('%j', (spec, said) => {
    expect(() => makeCodec(spec, attribute('a'))).toThrow(said)
  })
})
