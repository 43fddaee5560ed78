import { describe, expect, it } from 'vitest'
import { compileMapping } from '../../src/mapping/compile.ts'
import { pushdown } from '../../src/plan/pushdown.ts'
import { parseFilter } from '../../src/scim/filter-parse.ts'
import { resolveFilter } from '../../src/scim/filter-resolve.ts'

const catalog = compileMapping(
  `
version: 1
backend: { kind: memory }
resources:
  User:
    attributes:
      userName: login
      userType: { constant: Person }
      emails[type eq "work"].value: mail
`,
  { file: 'test.yaml', env: {}, readFile: () => '' },
)

describe('a filter on what the mapping says by a constant', () => {
  it.each([
    ['userType eq "Person"', 'true'],
    ['userType eq "PERSON"', 'true'],
    ['userType eq "Robot"', 'false'],
    ['userType pr', 'true'],
    ['not (userType pr)', 'false'],
    ['emails.type eq "home"', 'false'],
  ])('is decided before anything is asked: %s', (text, kind) => {
    const user = catalog.types[0]
    if (!user) throw new Error('no type')
    const { where, residual } = pushdown(resolveFilter(parseFilter(text), user.type), user, () => 'exact')
    expect([where.kind, residual]).toEqual([kind, undefined])
  })

  it('still asks for the element that a constant belongs to', () => {
    const user = catalog.types[0]
    if (!user) throw new Error('no type')
    const { where } = pushdown(resolveFilter(parseFilter('emails.type eq "work"'), user.type), user, () => 'exact')
    expect(where.kind).toBe('not')
  })
})
