import { describe, expect, it } from 'vitest'
import { scimId } from '../../src/base/brand.ts'
import type { Reference } from '../../src/mapping/catalog.ts'
import type { Predicate } from '../../src/mapping/predicate.ts'
import type { RowsSource, Slot } from '../../src/mapping/slot.ts'
import { conjunction, disjunction, negation } from '../../src/plan/bounds.ts'
import { printPredicate } from '../../src/plan/print.ts'
import { equalTo } from '../../src/mapping/scope.ts'

const slot: Slot = { key: 'addr', many: false, at: { kind: 'field', table: undefined, field: 'addr' } }
const has = (value: string): Predicate => ({ kind: 'slot', slot, test: { op: 'eq', value, fold: false } })
const rows = (key: string): RowsSource => ({
  key,
  table: key,
  foreignKey: ['id'],
  where: equalTo({}),
  rowKey: undefined,
})
const row = (key: string, value: string): Predicate => ({ kind: 'row', rows: rows(key), where: has(value) })
const link = (key: string, to: 'any' | readonly string[]): Predicate => ({
  kind: 'link',
  reference: { key } as Reference,
  to: to === 'any' ? to : to.map(scimId),
})
const id = (...ids: readonly string[]): Predicate => ({ kind: 'id', ids: ids.map(scimId) })
const any = (...of: readonly Predicate[]): string => printPredicate(disjunction(of))
const all = (...of: readonly Predicate[]): string => printPredicate(conjunction(of))

describe('questions about one other table', () => {
  it.each([
    ['rows', any(row('mail', 'a'), has('x'), row('mail', 'b')), '(mail[(addr eq "a" or addr eq "b")] or addr eq "x")'],
    ['rows of two tables', any(row('mail', 'a'), row('tel', 'a')), '(mail[addr eq "a"] or tel[addr eq "a"])'],
    ['links', any(link('groups', ['1']), link('groups', ['2', '1'])), 'groups -> 1, 2'],
    ['links to anybody', any(link('groups', ['1']), link('groups', 'any')), 'groups -> any'],
    ['links of two kinds', any(link('groups', ['1']), link('manager', ['1'])), '(groups -> 1 or manager -> 1)'],
    ['ids', any(id('1'), id('2', '3'), id('1')), 'id in (1, 2, 3)'],
    [
      'what is merged already',
      any(disjunction([id('1'), row('mail', 'a')]), id('2')),
      '(id in (1, 2) or mail[addr eq "a"])',
    ],
    [
      'negated rows',
      all(negation(row('mail', 'a')), negation(row('mail', 'b'))),
      'not mail[(addr eq "a" or addr eq "b")]',
    ],
    ['negated ids', all(negation(id('1')), has('x'), negation(id('2'))), '(not id in (1, 2) and addr eq "x")'],
  ])('become one: %s', (_, printed, expected) => {
    expect(printed).toBe(expected)
  })

  it.each([
    // a row that is an a and a row that is a b need not be the same row
    [
      'rows that must both be there',
      all(row('mail', 'a'), row('mail', 'b')),
      '(mail[addr eq "a"] and mail[addr eq "b"])',
    ],
    ['ids that must both hold', all(id('1'), id('2')), '(id in (1) and id in (2))'],
    [
      'negated rows of which one will do',
      any(negation(row('mail', 'a')), negation(row('mail', 'b'))),
      '(not mail[addr eq "a"] or not mail[addr eq "b"])',
    ],
  ])('stay apart: %s', (_, printed, expected) => {
    expect(printed).toBe(expected)
  })
})
