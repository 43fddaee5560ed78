import { describe, expect, it } from 'vitest'
import { tryCompile } from '../../src/mapping/compile.ts'

const problemsOf = (text: string): readonly string[] =>
  tryCompile(text, { file: 'test.yaml', env: {}, readFile: () => '' }).problems.map(
    (p) => `${p.line}: ${p.message}${p.hint === undefined ? '' : ` (${p.hint})`}`,
  )

describe('mistakes of shape and of meaning', () => {
  it('are told together, each with its place', () => {
    const text = `version: 1
backend: { kind: sql, dialect: sqlite, file: x.db }
resources:
  User:
    table: { name: EMP, key: ID }
    id: ID
    onDelete: delete
    attributes:
      userName: LOGIN
      name.famlyName: LNAME
      titel: T
      enterprise.department: { slot: D, lookup: { table: DEPT, key: K, text: X, onMissing: refuze } }
      active: { slot: A, codek: boolean }
  Group:
    tabel: { name: R, key: ID }
    id: { prefix: g-, column: ID }
    attributes: { displayName: N, members: { reference: Usr, through: UR, from: R, to: U } }
`
    expect(problemsOf(text)).toEqual([
      '10: no SCIM attribute "name.famlyName" (did you mean "name.familyName"?)',
      '11: no SCIM attribute "titel" (did you mean "title"?)',
      '12: onMissing: "refuze" is none of refuse, create, null (did you mean "refuse"?)',
      '13: unknown key "codek" (did you mean "codec"?)',
      '15: unknown key "tabel" (did you mean "table"?)',
      '17: there is no resource type "Usr" in this file (did you mean "User"?)',
    ])
  })

  it('do not make each other up: what is wrong is not missed as well', () => {
    const text = `version: 1
backend: { kind: memory }
resources:
  User:
    attributes:
      userName: { slot: 5 }
`
    expect(problemsOf(text)).toHaveLength(1)
  })
})
