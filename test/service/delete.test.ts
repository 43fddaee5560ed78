import { afterEach, describe, expect, it } from 'vitest'
import { create, remove, stand } from './stand.ts'
import type { Stand } from './stand.ts'

let s: Stand
afterEach(() => s.close())

describe('a record that is marked instead of deleted', () => {
  it('gives its name free under one that is made of it', async () => {
    s = await stand({
      mapping: (text) =>
        text.replace(
          'set: { STAT: X, TERM_DT: { now: yyyyMMdd } }',
          'set: { STAT: X, LOGIN: { template: "{userName}.{name.familyName}.gone" } }',
        ),
    })
    const made = await s.body(create('User', { userName: 'ann', name: { familyName: 'Berg' } }))
    const id = String(made['id'])
    await s.ask(remove('User', id))
    const row = s.legacy.prepare('SELECT LOGIN AS login, STAT AS state FROM EMP WHERE EMP_NO = ?').get(id)
    expect({ ...row }).toEqual({ login: 'ann.Berg.gone', state: 'X' })
  })
})
