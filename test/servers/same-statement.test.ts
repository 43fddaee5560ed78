import { expect, it } from 'vitest'
import { sameStatement } from './same-statement.ts'

const statement = { text: 'SELECT ? FROM t WHERE b = ?', params: [1, 'x'] }
it.each([
  ['the same', { text: statement.text, params: [1, 'x'] }, true],
  ['numbers as text', { text: statement.text, params: ['1', 'x'] }, true],
  ['another value', { text: statement.text, params: [1, 'y'] }, false],
  ['a value less', { text: statement.text, params: [1] }, false],
  ['NULL for text', { text: statement.text, params: [1, null] }, false],
  ['another text', { text: 'SELECT ? FROM t WHERE a = ?', params: [1, 'x'] }, false],
  ['values written in', { text: "SELECT 1 FROM t WHERE b = 'x'", params: undefined }, true],
  ['another value written in', { text: "SELECT 1 FROM t WHERE b = 'x\\''", params: undefined }, false],
  ['more than a value written in', { text: "SELECT 1 FROM t WHERE b = 'x' OR 1", params: undefined }, false],
] as const)('compares a logged statement with a told one: %s', (_, logged, same) => {
  expect(sameStatement(logged, statement)).toBe(same)
})

it.each([
  [{ unknown: 'made anew' }, 'anything', true],
  [{ unknown: 'made anew' }, null, true],
  [true, 't', true],
  [true, 0, false],
  [null, 'NULL', false],
  [null, null, true],
  [0, '', false],
  [12345678901234567890n, '12345678901234567890', true],
  [Buffer.from([255]), '\\xff', true],
  [Buffer.from([255]), Buffer.from([255]), true],
  [Buffer.from('ab'), 'ab', true],
  [7, '007', false],
  [1e30, 1e30, true],
] as const)('takes the told value %o and the logged %o for the same: %s', (told, logged, same) => {
  expect(sameStatement({ text: '?', params: [logged] }, { text: '?', params: [told] })).toBe(same)
})
