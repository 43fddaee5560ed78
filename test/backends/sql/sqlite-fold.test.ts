import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { sql } from 'kysely'
import { sqlite } from '../../../src/backends/sql/dialects/sqlite.ts'
import { operand } from '../../../src/backends/sql/column.ts'
import type { Expression } from '../../../src/backends/sql/expression.ts'
import { fold } from '../../../src/scim/compare.ts'

const equal = (at: Expression, folded: string) => sqlite.equalText(operand(at), [folded], true)

describe('NOCASE in place of fold', () => {
  it('is used only for text that nothing outside ASCII folds into', () => {
    const strange = new Set<string>()
    for (let point = 0x80; point <= 0x10ffff; point++) {
      if (point >= 0xd800 && point <= 0xdfff) continue
      const folded = fold(String.fromCodePoint(point))
      if (/^[\x00-\x7f]+$/.test(folded)) strange.add(folded)
    }
    expect([...strange].sort()).toEqual([';', '`', 'k'])
    for (const one of strange) expect(sqlite.compile(equal(sql.ref('x'), `a${one}`)).text).toContain('scim_fold')
    expect(sqlite.compile(equal(sql.ref('x'), 'ann@x.org')).text).toBe('"x" = ? COLLATE NOCASE')
  })

  it('says the same as fold for every ASCII character', () => {
    const db = new DatabaseSync(':memory:')
    db.function('scim_fold', (text) => fold(String(text)))
    for (let a = 1; a < 128; a++) {
      const folded = fold(String.fromCharCode(a))
      const { text, params } = sqlite.compile(equal(sql`char(n)`, folded))
      const rows = db
        .prepare(
          `WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 8500) SELECT n FROM c WHERE ${text}`,
        )
        .all(...(params as string[]))
      const expected = Array.from({ length: 8500 }, (_, i) => i + 1).filter(
        (n) => fold(String.fromCharCode(n)) === folded,
      )
      expect(rows.map((row) => row['n'])).toEqual(expected)
    }
    db.close()
  })
})
