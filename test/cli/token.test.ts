import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { token } from '../../src/cli/token.ts'

async function run(argv: readonly string[], input = ''): Promise<{ code: number; out: string; err: string }> {
  const result = { code: 0, out: '', err: '' }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    // byte by byte: a character may come in pieces
    for (const byte of Buffer.from(input)) {
      await Promise.resolve()
      yield Uint8Array.of(byte)
    }
  }
  result.code = await token(argv, {
    input: chunks(),
    print: (text) => (result.out += `${text}\n`),
    complain: (text) => (result.err += `${text}\n`),
  })
  return result
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('token hash', () => {
  it.each(['a-token-of-some-length', 'a-token-of-some-length\n', 'a-token-of-some-length\r\n'])(
    'of %j',
    async (input) => {
      expect(await run(['hash'], input)).toEqual({ code: 0, out: `${sha256('a-token-of-some-length')}\n`, err: '' })
    },
  )
  it.each([
    ['', 'at least 16'],
    ['short-secret', 'at least 16'],
    ['a token with blanks in it', 'without blanks'],
    ['töken-with-an-umlaut', 'ASCII'],
    ['two-lines-of-text\nand-another\n', 'without blanks'],
    ['x'.repeat(10_000), 'at most 4096'],
  ])('refuses %j without repeating it', async (input, says) => {
    const { code, out, err } = await run(['hash'], input)
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(says)
    if (input !== '') expect(err).not.toContain(input.slice(0, 12))
  })
})

describe('token', () => {
  it('makes a token that hashes to what it says', async () => {
    const { out } = await run(['new'])
    const [, made = '', digest] = /^token: {2}(\S+)\nsha256: (\S+)\n$/.exec(out) ?? []
    expect(made).toMatch(/^[\w-]{43}$/)
    expect(digest).toBe(sha256(made))
    expect((await run(['hash'], made)).out.trim()).toBe(digest)
  })
  it.each([[[]], [['nope']], [['toString']], [['hash', '--what']], [['hash', 'secret-on-the-command-line']]])(
    '%j is wrong usage',
    async (argv) => {
      expect(await run(argv)).toMatchObject({ code: 2, out: '' })
    },
  )
  it.each([[['--help']], [['hash', '--help']]])('%j helps', async (argv) => {
    const { code, out } = await run(argv)
    expect([code, out]).toEqual([0, expect.stringContaining('usage: scim-bridge token hash')])
  })
})
