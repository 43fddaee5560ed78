import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BridgeError } from '../../src/base/errors.ts'
import { assumedCursors, cursors } from '../../src/service/cursors.ts'

const secret = 'thirty-two characters or more, of which nobody knows'
const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.bigInt(),
  fc.string({ unit: 'binary' }),
  fc.uint8Array().map((bytes) => Uint8Array.from(bytes)),
)
const place = fc.record({ sort: scalar, key: fc.array(scalar, { maxLength: 4 }) })

const thrown = (work: () => unknown): BridgeError => {
  try {
    work()
  } catch (error) {
    if (error instanceof BridgeError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('cursors', () => {
  it('carry whatever a native key holds, without loss, and places of several types', () => {
    const held = cursors(secret, 1000)
    fc.assert(
      fc.property(fc.oneof(place, fc.dictionary(fc.string(), fc.oneof(place, fc.constant('end')))), (carried) => {
        const opened = held.open('q', held.seal('q', carried), null)
        // bytes come back as a Buffer, which is a Uint8Array
        expect(JSON.stringify(opened, plain)).toBe(JSON.stringify(carried, plain))
      }),
    )
  })

  it('are made of characters that a URL takes as they are (RFC 3986 section 2.3), and short', () => {
    const held = cursors(secret, 1000)
    fc.assert(
      fc.property(place, (carried) => {
        expect(held.seal('q', carried)).toMatch(/^[A-Za-z0-9\-._~]+$/)
      }),
    )
    expect(
      held.seal('q', [false, 100, null, ['0195a1b2-0000-7000-8000-000000000000']]).length,
      'with a UUID for a key',
    ).toBeLessThan(160)
  })

  it('show nothing of what they carry, and are never alike', () => {
    const held = cursors(secret, 1000)
    const all = Array.from({ length: 50 }, () => held.seal('q', ['mlinden@example.com']))
    expect(new Set(all).size).toBe(50)
    for (const one of all) {
      const bytes = Buffer.from(one, 'base64url')
      expect(bytes.includes('mlinden')).toBe(false)
      expect(bytes.includes(Buffer.from('mlinden', 'utf16le'))).toBe(false)
    }
  })

  it('are of use to their query only; one other character is no cursor, and all say the same', () => {
    const held = cursors(secret, 60_000)
    const cursor = held.seal('q', { a: 1n })
    const wrong = [
      () => held.open('another', cursor, null),
      () => cursors('another secret that is long enough to be one', 60_000).open('q', cursor, null),
      ...[
        '',
        '%%%',
        'x',
        cursor.slice(1),
        cursor.slice(0, -1),
        `${cursor}A`,
        `${cursor}=`,
        ` ${cursor}`,
        'A'.repeat(9000),
      ].map((text) => () => held.open('q', text, null)),
      ...Array.from(cursor, (character, i) => () => {
        const other = character === 'A' ? 'B' : 'A'
        return held.open('q', cursor.slice(0, i) + other + cursor.slice(i + 1), null)
      }),
    ]
    const said = new Set(wrong.map(thrown).map(({ reason, detail }) => `${reason} ${detail}`))
    expect([...said]).toEqual([
      'invalidCursor The cursor is not one that was given out for this query; begin again with an empty cursor',
    ])
    expect(held.open('q', cursor, null)).toEqual({ a: 1n })
  })

  it('expire, to the millisecond and only for whom they are good at all', () => {
    let now = 5_000_000
    const held = cursors(secret, 1000, () => now)
    const cursor = held.seal('q', 1)
    now += 1000
    expect(held.open('q', cursor, null)).toBe(1)
    now++
    expect(thrown(() => held.open('q', cursor, null))).toMatchObject({
      reason: 'expiredCursor',
      detail: 'The cursor is older than 1 seconds; begin again with an empty cursor',
    })
    expect(thrown(() => held.open('r', cursor, null)).reason).toBe('invalidCursor')
  })

  it('go on wherever the secret is known, as text or as bytes', () => {
    const cursor = cursors(secret, 1000).seal('q', ['x'])
    expect(cursors(secret, 1000).open('q', cursor, null)).toEqual(['x'])
    expect(cursors(Buffer.from(secret), 1000).open('q', cursor, null)).toEqual(['x'])
  })

  it('are assumed where there is no server', () => {
    expect(assumedCursors.open('q', 'anything', [1])).toEqual([1])
  })
})

const plain = (_: string, value: unknown): unknown => {
  if (typeof value === 'bigint') return `${value}n`
  if (Object.is(value, -0)) return '-0'
  if (typeof value === 'object' && value !== null && (value as { type?: unknown }).type === 'Buffer')
    return [...(value as { data: number[] }).data]
  return value instanceof Uint8Array ? [...value] : value
}
