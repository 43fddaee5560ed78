import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { operand } from '../../src/backends/sql/column.ts'
import type { Column } from '../../src/backends/sql/column.ts'
import type { Expression } from '../../src/backends/sql/expression.ts'
import { mysql } from '../../src/backends/sql/dialects/mysql.ts'
import { form, holds, isYoung, probes, spellings } from '../../src/backends/sql/dialects/mysql-text.ts'
import { fold } from '../../src/scim/compare.ts'
import type { Database } from '../servers/fresh-database.ts'
import { describeServer } from '../servers/with-server.ts'

/** All of them, save that of the planes without letters one in a hundred stands for all. */
function everyCharacter(): readonly string[] {
  const all: string[] = []
  for (let point = 1; point <= 0x10ffff; point += point < 0x20000 ? 1 : 101)
    if (point < 0xd800 || point > 0xdfff) all.push(String.fromCodePoint(point))
  return all
}

const characters = everyCharacter()
const composed = characters.filter((char) => char.normalize('NFC') === char)
/** Letters with the forms that fold into them, in NFC or by the server's own lower case. */
const pairs = characters.flatMap((char) => {
  const folded = fold(char)
  return folded !== char && (char.normalize('NFC') === char || 'KÅΩ'.includes(char)) ? [[folded, char] as const] : []
})

const words = [
  ...[
    'ΑΣ',
    'ΣΑΣ ΣΑΣ',
    'ὈΔΥΣΣΕΎΣ',
    'İSTANBUL',
    'STRASSE',
    'Straße',
    'Kelvin',
    'MÜLLER',
    'ŁUKASZ',
    'Ñ',
    'ЙОД',
    'ẞ',
    'Ǆ',
    'ǅ',
  ],
  ...['a ', ' ', '', 'jose', 'José', 'a%_\\', "O'Neil", '😀', '日本', 'Ω', 'ﬁ', 'ŉ', 'ǰ', 'ΐ', 'ӾӾ'],
]

await describeServer('mariadb', 'text on MariaDB', (server) => {
  let database: Database
  beforeAll(async () => {
    database = await server.freshDatabase({ name: 'fold' })
  })
  afterAll(() => database.drop())

  const ask = async (expression: Expression): Promise<readonly Record<string, unknown>[]> => {
    const { text, params } = mysql.compile(expression)
    return database.sql(text, params as string[])
  }
  const table = (texts: unknown): Expression =>
    sql`JSON_TABLE(${JSON.stringify(texts)}, '$[*]' COLUMNS (n FOR ORDINALITY, a VARCHAR(60) CHARACTER SET utf8mb4 PATH '$[0]', b VARCHAR(60) CHARACTER SET utf8mb4 PATH '$[1]')) AS k`
  /** The forms of texts, in the order of the texts. */
  async function forms(texts: readonly string[], fold: boolean, column?: Column): Promise<readonly string[]> {
    const found: string[] = []
    const step = 100_000
    for (let i = 0; i < texts.length; i += step) {
      const some = texts.slice(i, i + step).map((text) => [text])
      const rows = await ask(
        sql`SELECT ${form(operand(sql.ref('k.a'), column), fold)} AS f FROM ${table(some)} ORDER BY k.n`,
      )
      found.push(...rows.map(({ f }) => (f as Buffer).toString()))
    }
    return found
  }

  it('leaves every character as it is where case counts', async () => {
    expect(await forms(characters, false)).toEqual(characters)
  })

  it('folds every composed character as the bridge does, save letters that are younger than Unicode 5.2', async () => {
    const found = await forms(composed, true)
    const wrong = composed.filter((char, i) => found[i] !== fold(char))
    expect(wrong.filter((char) => !isYoung(fold(char)) && !/\p{Script=Georgian}/u.test(char))).toEqual([])
    // each of a young pair is itself, so that both spellings together find it
    expect(
      wrong.filter((char, i) => !spellings(fold(char)).includes(found[composed.indexOf(wrong[i] ?? '')] ?? '')),
    ).toEqual([])
    expect(wrong.length).toBeLessThan(500)
  })

  it('folds words as the bridge does, in either normal form where they are looked for whole', async () => {
    for (const normal of ['NFC', 'NFD'] as const) {
      const texts = words.map((word) => word.normalize(normal))
      const found = await forms(texts, true)
      const wrong = texts.filter((text, i) => !spellings(fold(text)).includes(found[i] ?? ''))
      expect(wrong).toEqual([])
    }
  })

  it('folds what a column of one byte holds, without the detour', async () => {
    for (const charset of ['latin1', 'ascii']) {
      const column: Column = { name: 'c', type: 'text', declared: '', nullable: true, needed: false, charset }
      const texts = characters.filter((char) => holds(column, char))
      expect(texts.length).toBe(charset === 'ascii' ? 127 : 255)
      expect(await forms(texts, true, column)).toEqual(texts.map(fold))
    }
  })

  it('orders by code point, and pads nothing', async () => {
    const texts = ['a', 'a ', 'a\t', 'aa', 'B', 'b', 'é', '\uffff', '😀', '']
    const rows = await ask(
      sql`SELECT k.a FROM ${table(texts.map((text) => [text]))} ORDER BY ${form(operand(sql.ref('k.a')), false)}`,
    )
    expect(rows.map(({ a }) => a)).toEqual(['', 'B', 'a', 'a\t', 'a ', 'aa', 'b', 'é', '\uffff', '😀'])
  })

  it('probes only where the collation takes all for the same that folds into one', async () => {
    const collations = (await ask(
      sql`SELECT a.FULL_COLLATION_NAME AS collation, a.CHARACTER_SET_NAME AS charset FROM information_schema.COLLATION_CHARACTER_SET_APPLICABILITY AS a WHERE a.CHARACTER_SET_NAME IN ('utf8mb4', 'utf8mb3', 'latin1', 'ascii') AND a.FULL_COLLATION_NAME NOT LIKE '%nopad%'`,
    )) as readonly { readonly collation: string; readonly charset: string }[]
    const letters = [...'abcdefghijklmnopqrstuvwxyz']
    const twos = letters.flatMap((a) =>
      letters.flatMap((b) =>
        [a + b, a.toUpperCase() + b, a + b.toUpperCase(), (a + b).toUpperCase()].map((form) => [a + b, form] as const),
      ),
    )
    const stored = [...pairs, ...twos, ...words.map((word) => [fold(word), word] as const)]
    const probed = new Map<string, number>()
    for (const { collation, charset } of collations) {
      const column: Column = {
        name: 'c',
        type: 'text',
        declared: '',
        nullable: true,
        needed: false,
        charset,
        collation,
      }
      const tried = stored.flatMap(([folded, text]) => {
        if (!holds(column, text) || !holds(column, folded)) return []
        const texts = probes(
          column,
          spellings(folded).filter((one) => holds(column, one)),
          true,
        )
        return texts === undefined ? [] : [{ text, texts }]
      })
      probed.set(collation, tried.length)
      if (tried.length === 0) continue
      const rows = tried.flatMap(({ text, texts }, i) => texts.map((one) => [text, one, i] as const))
      const found = await ask(
        sql`SELECT k.n - 1 AS i FROM ${table(rows)} WHERE CONVERT(k.a USING ${sql.raw(charset)}) COLLATE ${sql.raw(collation)} = CONVERT(k.b USING ${sql.raw(charset)}) COLLATE ${sql.raw(collation)}`,
      )
      const hit = new Set(found.map(({ i }) => rows[Number(i)]?.[2]))
      expect({ collation, missed: tried.filter((_, i) => !hit.has(i)).map(({ text }) => text) }).toEqual({
        collation,
        missed: [],
      })
    }
    // the usual ones are served by their index, the Turkish and the binary ones are not
    for (const usual of ['utf8mb4_general_ci', 'utf8mb4_unicode_ci', 'utf8mb4_uca1400_ai_ci', 'utf8mb3_general_ci'])
      expect(probed.get(usual)).toBeGreaterThan(3_000)
    expect(probed.get('latin1_swedish_ci')).toBeGreaterThan(2_700)
    for (const other of ['utf8mb4_bin', 'utf8mb4_turkish_ci', 'utf8mb4_danish_ci', 'latin1_general_cs'])
      expect(probed.get(other)).toBe(0)
  })
})
