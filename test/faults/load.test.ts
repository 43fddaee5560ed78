import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { stand } from '../wire/playground.ts'
import type { Stand } from '../wire/playground.ts'
import { startLoad } from './load.ts'
import type { Load } from './load.ts'

let server: Stand | undefined
let load: Load | undefined
afterEach(async () => {
  load?.close()
  await server?.stop()
})

describe.each(['demo', 'conformance-sqlite'] as const)('a steady load on %s', (name) => {
  it('is answered as it should be, and all of it is there afterwards', async () => {
    server = await stand(name, { empty: true })
    load = await startLoad(server.url, server.token, { rate: 400, clients: 4, bound: 5_000 })
    // until somebody has gone and was looked for
    while (!load.said.some(({ status }) => status === 404) || load.said.length < 200) await wait(20)
    await load.stop()
    expect(load.wrong).toEqual([])
    expect(new Set(load.said.map(({ status }) => status))).toEqual(new Set([201, 200, 204, 404]))
    expect(new Set(load.said.map(({ step }) => step)).size).toBe(9)
    expect(await load.recovered(5_000)).toBeLessThan(5_000)
    expect(await load.verify()).toEqual([])
  })
})

describe('what is wrong behind the bridge', () => {
  it.each([
    ['a person who has gone', `DELETE FROM person WHERE user_name LIKE 'load-%-0'`, /-0 is absent, and should be/],
    ['half of a person', `DELETE FROM person_email WHERE value LIKE 'load-%-0@example.com'`, /-0 is .*, and should be/],
    ['a member too few', `DELETE FROM team_member`, / is .*, and should be .* member/],
    [
      'the same person twice',
      `INSERT INTO person (person_id, user_name) SELECT 'x', upper(user_name) FROM person WHERE user_name LIKE 'load-%-0'`,
      /-0 cannot be looked up/,
    ],
  ])('is noticed: %s', async (_, sql, problem) => {
    server = await stand('conformance-sqlite', { empty: true })
    server.sql('DROP INDEX person_user_name')
    load = await startLoad(server.url, server.token, { rate: 1_000, clients: 1, bound: 5_000 })
    while (load.people.length < 6) await wait(5)
    await load.stop()
    expect(load.wrong).toEqual([])
    server.sql(sql)
    const found = await load.verify()
    expect(found.join('\n')).toMatch(problem)
  })
})
