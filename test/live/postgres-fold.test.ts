import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { operand } from '../../src/backends/sql/column.ts'
import type { Column } from '../../src/backends/sql/column.ts'
import { postgres } from '../../src/backends/sql/dialects/postgres.ts'
import { indexForms } from '../../src/backends/sql/dialects/postgres-fold.ts'
import { fold } from '../../src/scim/compare.ts'
import type { Database } from '../servers/fresh-database.ts'
import { describeServer } from '../servers/with-server.ts'

/** Every character, and every letter with a case together with marks that may change places or melt into it. */
function texts(): readonly string[] {
  const all: string[] = []
  const cased: string[] = []
  for (let point = 1; point <= 0x10ffff; point++) {
    if (point >= 0xd800 && point <= 0xdfff) continue
    const char = String.fromCodePoint(point)
    all.push(char)
    if (fold(char) !== char) cased.push(char)
  }
  const marks = ['\u0300', '\u0301', '\u0307', '\u0308', '\u030a', '\u030c', '\u0331', '\u0345']
  for (const char of cased) for (const mark of marks) all.push(char + mark, `A${char}${mark}Σ`, mark + char)
  return [...all, 'ΑΣ', 'ΣΑΣ ΣΑΣ', 'Σ', 'ς', 'ὈΔΥΣΣΕΎΣ', 'İSTANBUL', 'I\u0307', 'STRASSE', 'Straße', 'Å', 'A\u030a']
}

await describeServer('postgres', 'text on PostgreSQL', (server) => {
  let database: Database
  beforeAll(async () => {
    database = await server.freshDatabase({ name: 'fold' })
  })
  afterAll(() => database.drop())

  /** Letters that Unicode has got after the server's ICU was made have no case there, and the other way round. */
  const isNews = (text: string): boolean => [...text.normalize('NFC')].some((char) => news.has(char))
  const news = new Set<string>()

  it('folds every character as the bridge does, save letters that are younger than its ICU', async () => {
    const { text, params } = postgres.compile(
      sql`SELECT s AS t, ${postgres.form(operand(sql.ref('s')), true)} AS f FROM jsonb_array_elements_text(${JSON.stringify(texts())}) AS x(s)`,
    )
    const rows = (await database.sql(text, params as string[])) as readonly { readonly t: string; readonly f: string }[]
    const wrong = rows.filter(({ t, f }) => fold(t) !== f)
    for (const { t, f } of wrong) if ([...t].length === 1 && (f === t || fold(t) === t)) news.add(t)
    expect(rows.length).toBeGreaterThan(1_100_000)
    expect(wrong.filter(({ t }) => !isNews(t))).toEqual([])
    // what is no news to anybody: the scripts of people who have accounts
    expect(
      [...news].filter((char) => /\p{Script=Latin}|\p{Script=Greek}|\p{Script=Cyrillic}/u.test(char)).length,
    ).toBeLessThan(20)
    for (const char of news) expect(char.codePointAt(0)).toBeGreaterThan(0x1c88)
  }, 60_000)

  it('compares by an index as it folds', async () => {
    const changing = texts().filter((text) => fold(text) !== text)
    // whatever the index holds of a text, it is one of the forms of its fold, unless those are not written out
    const { text, params } = postgres.compile(
      sql`SELECT s AS t, ${postgres.indexed(sql.ref('s'), true)} AS f FROM jsonb_array_elements_text(${JSON.stringify(changing)}) AS x(s)`,
    )
    const rows = (await database.sql(text, params as string[])) as readonly { readonly t: string; readonly f: string }[]
    const forms = (value: string) => indexForms(value)
    expect(rows.filter(({ t, f }) => !isNews(t) && forms(fold(t))?.includes(f) === false)).toEqual([])
    // and most of them are
    for (const name of [
      'ann@example.org',
      'josé',
      'straße',
      'i\u0307stanbul',
      'παπαδόπουλος',
      '小林',
      'समीर',
      'łukasz',
    ])
      expect(forms(name), name).toBeDefined()
  }, 60_000)

  const tables = [
    ['C', 'COLLATE "C"'],
    ['C.utf8', 'COLLATE "C.utf8"'],
    ['Turkish', 'COLLATE "tr-x-icu"'],
    ['Lithuanian', 'COLLATE "lt-x-icu"'],
    ['English', 'COLLATE "en-x-icu"'],
  ] as const
  const values = ['ian', 'kim', 'IAN;k`k', 'ann', 'straße', 'istanbul', 'ı', 'i\u0307', 'σοφός']
  const held = ['Ian', 'IAN', 'ıan', 'İan', 'KIM', '\u212aIM', 'ian\u037eK\u1fef\u212a', 'Ann', 'STRASSE', 'Straße']
  const more = ['ISTANBUL', 'İSTANBUL', 'ıstanbul', 'I', 'ı', 'İ', 'I\u0307', 'ΣΟΦΌΣ', 'ΣΟΦΟ\u0301Σ', 'ann ', 'Ánn']

  it.each(tables)("is exact by the application's own index of lower(), in the locale %s", async (name, collate) => {
    const turkish = name === 'Turkish'
    const column = {
      ...{ name: 's', type: 'text', declared: 'text', nullable: true, needed: false, base: 'text' },
      lowered: turkish ? 'turkish' : 'plain',
    } as const satisfies Column
    const all = [...held, ...more]
    await database.script(
      `DROP TABLE IF EXISTS own; CREATE TABLE own (s text ${collate}); CREATE INDEX own_lower ON own (lower(s))`,
    )
    await database.sql('INSERT INTO own SELECT jsonb_array_elements_text($1)', [JSON.stringify(all)])
    for (const value of values) {
      const equal = postgres.equalText(operand(sql.ref('s'), column), [fold(value)], true)
      const { text, params } = postgres.compile(sql`SELECT s FROM own WHERE ${equal}`)
      const rows = (await database.sql(text, params as string[])) as readonly { readonly s: string }[]
      expect(rows.map(({ s }) => s).sort(), value).toEqual(all.filter((one) => fold(one) === fold(value)).sort())
    }
    const equal = postgres.equalText(operand(sql.ref('s'), column), ['ian'], true)
    const { text } = postgres.compile(sql`SELECT s FROM own WHERE ${equal}`)
    const client = database.client()
    await client.sql('SET enable_seqscan = off')
    const plan = await client.sql(`EXPLAIN ${text.replace(/\$\d+/g, "'ian'")}`)
    await client.close()
    expect(JSON.stringify(plan)).toContain('own_lower')
  })
})
