import { describe, expect, it } from 'vitest'
import { BridgeError } from '../../src/base/errors.ts'
import { parseFilter } from '../../src/scim/filter-parse.ts'
import { parsePath } from '../../src/scim/path-parse.ts'
import { printFilter } from '../../src/scim/filter-print.ts'

const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const refusal = (run: () => unknown): BridgeError => {
  try {
    run()
  } catch (error) {
    if (error instanceof BridgeError) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('parseFilter', () => {
  it('reads a comparison', () => {
    expect(parseFilter('userName eq "bjensen"')).toEqual({
      kind: 'compare',
      op: 'eq',
      attr: { urn: undefined, name: 'userName', sub: undefined },
      value: 'bjensen',
    })
  })

  it('splits a URN at the last colon, whatever dots it has', () => {
    expect(parseFilter(`${enterprise}:manager.value pr`)).toEqual({
      kind: 'present',
      attr: { urn: enterprise, name: 'manager', sub: 'value' },
    })
  })

  /** How the parser understood a text, said in its canonical form. */
  const understood: readonly (readonly [text: string, canonical: string])[] = [
    ['a eq "x" or b pr and c pr', 'a eq "x" or b pr and c pr'],
    ['(a pr or b pr) and c pr', '(a pr or b pr) and c pr'],
    ['a pr or (b pr and c pr)', 'a pr or b pr and c pr'],
    ['((a pr))', 'a pr'],
    ['not (a pr) and b pr', 'not (a pr) and b pr'],
    ['NOT(a pr) AND B Pr', 'not (a pr) and B pr'],
    ['  a   EQ  true ', 'a eq true'],
    ['a eq null', 'a eq null'],
    ['a gt -1.5e3', 'a gt -1500'],
    ['a eq -0', 'a eq 0'],
    ['a eq "\\u00e9\\ud83d\\ude00\\"\\\\\\/"', 'a eq "é😀\\"\\\\/"'],
    ['members.$ref eq "x"', 'members.$ref eq "x"'],
    ['emails[ type eq "work" and not (value pr) ]', 'emails[type eq "work" and not (value pr)]'],
    [`${enterprise}:manager[value eq "1"]`, `${enterprise}:manager[value eq "1"]`],
    ['and pr and or pr', 'and pr and or pr'],
    ['not pr', 'not pr'],
    // what Entra lets an administrator choose as matching attribute
    ['emails[type eq "work"].value eq "x"', 'emails[type eq "work" and value eq "x"]'],
    ['emails[type eq "a" or type eq "b"].value sw "x"', 'emails[(type eq "a" or type eq "b") and value sw "x"]'],
    ['emails[type eq "work"].value ne "x"', 'not (emails[type eq "work" and value eq "x"])'],
    ['emails[type eq "work"].value eq null', 'not (emails[type eq "work" and value pr])'],
    ['emails[type eq "work"].value ne null', 'emails[type eq "work" and value pr]'],
    ['emails[type eq "work"].value pr and a pr', 'emails[type eq "work" and value pr] and a pr'],
  ]
  it.each(understood)('%s', (text, canonical) => {
    expect(printFilter(parseFilter(text))).toBe(canonical)
  })

  const broken: readonly (readonly [text: string, position: number, problem: RegExp])[] = [
    ['', 1, /expected an attribute/],
    ['userName', 9, /expected an operator/],
    ['userName eq', 12, /expected a value/],
    ['userName is "x"', 10, /expected an operator/],
    ['userName eq"x"', 12, /a space before the value/],
    ['userName eq "x"and a pr', 16, /a space before "and"/],
    ['userName eq "x" and(a pr)', 20, /a space after "and"/],
    ['userName eq "x', 13, /no closing quote/],
    ['userName eq "\\x"', 13, /no JSON string/],
    ['userName eq "\\ud800"', 13, /well-formed Unicode/],
    ['userName eq "a\tb"', 13, /no JSON string/],
    ['userName\teq "x"', 9, /control character/],
    ["userName eq 'x'", 13, /double quotes/],
    ['userName eq True', 13, /expected a value/],
    ['active eq 01', 11, /expected a value/],
    ['active eq +1', 11, /expected a value/],
    ['a eq 1e999', 6, /too large/],
    ['not a pr', 5, /expected "\("/],
    ['not (a pr', 10, /or "\)"/],
    ['a pr)', 5, /or the end/],
    ['a pr b pr', 6, /or the end/],
    ['emails[type eq "work"', 22, /or "]"/],
    ['emails [type eq "work"]', 8, /expected an operator/],
    ['emails[type[value pr]]', 12, /do not nest/],
    ['emails[type eq "work"] .value pr', 24, /or the end/],
    ['emails[type eq "work"].value', 29, /expected an operator/],
    ['emails[type eq "work"].a.b pr', 24, /one sub-attribute/],
    ['name.given.x pr', 11, /no sub-attributes/],
    ['name. pr', 6, /sub-attribute name/],
    ['.a pr', 1, /attribute name/],
    ['1a pr', 1, /attribute name/],
    ['a:b pr', 1, /schema URN/],
    [`${enterprise}:manager.x.y.`, 69, /no sub-attributes/],
    ['ünicode pr', 1, /attribute name/],
  ]
  it.each(broken)('refuses %s', (text, position, problem) => {
    const error = refusal(() => parseFilter(text))
    expect(error.reason).toBe('invalidFilter')
    expect(error.detail).toMatch(problem)
    const [head = '', excerpt = '', pointer = ''] = error.detail.split('\n')
    expect(head).toContain(`position ${position}:`)
    if (position <= 40) expect(pointer).toBe(' '.repeat(2 + position - 1) + '^')
    expect(excerpt.trim()).toBe(excerpt.includes('…') ? excerpt.trim() : text.replace(/\t/g, ' ').trim())
  })

  it('shows an excerpt around the place, not the whole text', () => {
    const error = refusal(() =>
      parseFilter(`${'title pr and '.repeat(500)}title bad "x" and ${'a pr and '.repeat(200)}b pr`),
    )
    const [, excerpt = '', pointer = ''] = error.detail.split('\n')
    expect(error.detail.length).toBeLessThan(300)
    expect(excerpt.slice(pointer.length - 1)).toMatch(/^bad "x" and .*…$/)
  })

  it('keeps the caret in place behind characters of two code units and unprintable ones', () => {
    const error = refusal(() => parseFilter('a eq "😀\u202e" b'))
    const [, excerpt = '', pointer = ''] = error.detail.split('\n')
    expect([...excerpt].slice(pointer.length - 1)).toEqual(['b'])
    expect(excerpt).not.toContain('\u202e')
  })

  describe('caps', () => {
    const deep: readonly (readonly [name: string, text: string])[] = [
      ['parentheses', `${'('.repeat(5000)}a pr${')'.repeat(5000)}`],
      ['negations', `${'not ('.repeat(2500)}a pr${')'.repeat(2500)}`],
      ['brackets', 'a['.repeat(8000)],
      ['mixed, unclosed', '(a['.repeat(33)],
    ]
    it.each(deep)('refuses deep %s before it descends', (_, text) => {
      expect(refusal(() => parseFilter(text)).detail).toMatch(/nested deeper than 32 levels/)
    })

    it('takes 32 levels and 16,384 characters, and no more', () => {
      expect(parseFilter(`${'('.repeat(32)}a pr${')'.repeat(32)}`).kind).toBe('present')
      const text = `a eq "${'x'.repeat(16_384 - 7)}"`
      expect(parseFilter(text).kind).toBe('compare')
      expect(refusal(() => parseFilter(`${text} `)).detail).toMatch(/longer than 16384 characters/)
    })

    const chain = (length: number, part: (i: number) => string, by = ' or '): string =>
      Array.from({ length }, (_, i) => part(i)).join(by)

    it('takes a list of values as long as the text', () => {
      expect(parseFilter(chain(1200, (i) => `a eq ${i}`))).toMatchObject({ kind: 'or', of: { length: 1200 } })
      const twoNames = chain(1000, (i) => (i % 2 ? `a eq ${i}` : `B.c eq ${i}`))
      expect(parseFilter(`(${twoNames}) and a pr`).kind).toBe('and')
    })

    it.each<[string, (i: number) => string, string, number]>([
      ['parts of text', () => 'a co "x"', ' or ', 1],
      ['presence', () => 'a pr', ' and ', 1],
      ['values that must all be there', (i) => `a eq ${i}`, ' and ', 1],
      ['values of many attributes', (i) => `a${i} eq 1`, ' or ', 1],
      ['negations', (i) => `not (a eq ${i})`, ' or ', 1],
      ['value paths', (i) => `a[b eq 1 and c co "${i}"]`, ' or ', 2],
      ['value paths with a sub-attribute', (i) => `a[b eq 1].c eq "${i}"`, ' or ', 2],
    ])('takes 100 comparisons and no more: %s', (_, part, by, each) => {
      expect(() => parseFilter(chain(100 / each, part, by))).not.toThrow()
      const error = refusal(() => parseFilter(chain(100 / each + 1, part, by)))
      expect(error).toMatchObject({ reason: 'invalidFilter' })
      expect(error.detail).toMatch(/more than 100 comparisons/)
    })

    it('takes 100 comparisons in the value filter of a path', () => {
      expect(() => parsePath(`a[${chain(100, () => 'b pr')}]`)).not.toThrow()
      expect(refusal(() => parsePath(`a[${chain(101, () => 'b pr')}]`)).detail).toMatch(/more than 100 comparisons/)
    })

    it('counts no brackets inside strings', () => {
      expect(parseFilter(`a eq "${'('.repeat(100)}"`).kind).toBe('compare')
    })
  })

  describe('bare values', () => {
    const bare: readonly (readonly [text: string, value: unknown, used: number])[] = [
      ['userName eq akuser', 'akuser', 1],
      ["userName eq o'brien@x.org", "o'brien@x.org", 1],
      ['userName eq jörg', 'jörg', 1],
      ['externalId eq 007', '007', 1],
      ['externalId eq 12345678901234567890', '12345678901234567890', 1],
      ['externalId eq 4711', 4711, 0],
      ['active eq True', 'True', 1],
      ['active eq true', true, 0],
      ['userName eq "quoted"', 'quoted', 0],
    ]
    it.each(bare)('%s', (text, value, used) => {
      let told = 0
      expect(parseFilter(text, { bareValues: true, onBareValue: () => told++ })).toMatchObject({ value })
      expect(told).toBe(used)
    })

    it.each([
      'userName sw bare',
      "userName eq 'x'",
      'userName eq NaN',
      'a eq {"a":1}',
      'a eq and',
      'a eq b c',
      'a eq x;',
    ])('refuses %s all the same', (text) => {
      expect(refusal(() => parseFilter(text, { bareValues: true })).reason).toBe('invalidFilter')
    })

    it('are off unless asked for', () => {
      expect(refusal(() => parseFilter('userName eq akuser')).detail).toMatch(/double quotes/)
    })
  })
})
