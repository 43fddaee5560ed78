import { afterEach, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import { get, patch, stand } from './stand.ts'
import type { Stand } from './stand.ts'

let s: Stand
afterEach(() => s.close())

const version = (resource: JsonObject): unknown => (resource['meta'] as JsonObject)['version']

describe('another spelling of what is held', () => {
  it.each([
    ['a word of a table', 'userType', 'EMPLOYEE'],
    ['a type of an element', 'emails', [{ type: 'WORK', value: 'ines.brandao@meridian.example', primary: true }]],
  ])('changes nothing: %s', async (_, path, value) => {
    s = await stand()
    if (path === 'emails') {
      s.legacy.exec("DELETE FROM EMP_EMAIL WHERE EMP_NO = 1015 AND KIND <> 'W'")
    }
    const before = await s.body(get('User', '1015'))
    const key = s.legacy.prepare('SELECT max(EMAIL_ID) AS id FROM EMP_EMAIL WHERE EMP_NO = 1015').get()
    await s.body(patch('User', '1015', { op: 'replace', path, value }))
    const after = await s.body(get('User', '1015'))
    expect(after).toEqual(before)
    expect(version(after)).toBe(version(before))
    expect(s.legacy.prepare('SELECT max(EMAIL_ID) AS id FROM EMP_EMAIL WHERE EMP_NO = 1015').get()).toEqual(key)
  })
})
