import { afterAll, beforeAll, expect, it } from 'vitest'
import { matchKey, ruleOf } from '../../src/backends/ldap/matching.ts'
import { fits, syntaxes } from '../../src/backends/ldap/syntax.ts'
import type { Predicate } from '../../src/mapping/predicate.ts'
import type { CompareOp } from '../../src/scim/filter.ts'
import { compareCodePoints } from '../../src/scim/compare.ts'
import { kitDirectory } from '../kit/directory.ts'
import type { KitDirectory } from '../kit/directory.ts'
import { handle } from '../kit/handle.ts'
import type { Handle } from '../kit/handle.ts'
import { nastyTexts } from '../laws/arbitraries.ts'
import { directoryWords } from '../laws/directory-words.ts'
import { describeServer } from '../servers/with-server.ts'

const texts = [...new Set([...nastyTexts, ...directoryWords, 'a  b', 'a b', ' a  b ', '+46 1', '+461', '+46-1'])]

/** A leaf, the rules of its attribute, and its syntax. */
const leaves = [
  ['nickName', 'caseIgnoreMatch', syntaxes.directoryString],
  ['code', 'caseExactMatch', syntaxes.directoryString],
  ['emails.work', 'caseIgnoreIA5Match', syntaxes.ia5String],
  ['phoneNumbers.work', 'telephoneNumberMatch', syntaxes.telephoneNumber],
] as const

const ops: readonly CompareOp[] = ['eq', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le']

/** What a rule makes of two texts, by the forms in which they are compared. */
function isSo(op: CompareOp, held: string, operand: string): boolean {
  switch (op) {
    case 'co':
      return held.includes(operand)
    case 'sw':
      return held.startsWith(operand)
    case 'ew':
      return held.endsWith(operand)
    case 'gt':
      return compareCodePoints(held, operand) > 0
    case 'ge':
      return compareCodePoints(held, operand) >= 0
    case 'lt':
      return compareCodePoints(held, operand) < 0
    case 'le':
      return compareCodePoints(held, operand) <= 0
    case 'ne':
      return held !== operand
    case 'eq':
      return held === operand
  }
}

await describeServer('openldap', 'the rules of OpenLDAP', (server) => {
  let opened: KitDirectory
  let h: Handle
  const held = new Map<string, ReadonlyMap<string, string>>()

  beforeAll(async () => {
    opened = await kitDirectory(server, false)
    h = handle(opened.store, opened.catalog)
    for (const [i, text] of texts.entries()) {
      const values = leaves.filter(([, , syntax]) => text !== '' && fits(syntax, text)).map(([leaf]) => [leaf, text])
      await h.create('User', { set: { userName: `t${i}`, ...(Object.fromEntries(values) as Record<string, string>) } })
    }
    for (const [leaf, , syntax] of leaves) {
      const those = [...texts.entries()].filter(([, text]) => text !== '' && fits(syntax, text))
      held.set(leaf, new Map(those.map(([i, text]) => [`t${i}`, text])))
    }
  }, 60_000)
  afterAll(() => opened.close())

  const names = async (where: Predicate): Promise<readonly string[]> => {
    const slot = h.slot('User', 'userName')
    const want = { slots: [slot], rows: [], links: [] }
    const { records } = await h.list('User', where, { offset: 0, limit: 200 }, undefined, want)
    return records.map((one) => String(one.fields[slot.key])).sort()
  }

  /** How a comparison that the store says it makes exactly comes out, and its opposite: by the rule, whatever the text. */
  it.each(leaves)(
    'are what a filter of %s is compared by: %s',
    async (leaf, rule) => {
      const everybody = texts.map((_, i) => `t${i}`).sort()
      let exact = 0
      for (const op of ops)
        for (const text of texts) {
          const where: Predicate = h.compare('User', leaf, op, text)
          if (where.kind !== 'slot' || h.store.say(where) !== 'exact') continue
          exact++
          const key = matchKey(rule, text)
          const expected = [...(held.get(leaf) ?? [])]
            .filter(([, value]) => {
              const own = matchKey(rule, value)
              if (text === '') return ['co', 'sw', 'ew', 'gt', 'ge'].includes(op)
              return own !== undefined && key !== undefined && isSo(op, own, key)
            })
            .map(([name]) => name)
            .sort()
          const about = `${leaf} ${op} ${JSON.stringify(text)}`
          expect(await names(where), about).toEqual(expected)
          const others = everybody.filter((name) => !expected.includes(name))
          expect(await names({ kind: 'not', of: where }), `not ${about}`).toEqual(others)
        }
      expect(ruleOf(rule)).toBeDefined()
      expect(exact).toBeGreaterThan(texts.length)
    },
    60_000,
  )
})
