import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { scimId } from '../../src/base/brand.ts'
import { isBridgeError } from '../../src/base/errors.ts'
import { sqlBackend } from '../../src/backends/sql/backend.ts'
import type { Catalog } from '../../src/mapping/catalog.ts'
import { compileMapping } from '../../src/mapping/compile.ts'
import type { Store } from '../../src/plan/port.ts'
import { handle } from '../kit/handle.ts'
import type { Values } from '../kit/handle.ts'
import { seed } from '../laws/arbitraries.ts'
import { filterDrafts } from '../laws/filter-drafts.ts'
import { firstMismatch, look, subjectOf, typeNamed } from '../laws/world.ts'
import type { Database } from '../servers/fresh-database.ts'
import { describeServer } from '../servers/with-server.ts'

const at = (name: string): string => join(import.meta.dirname, name)

await describeServer('postgres', 'every type of PostgreSQL', (server) => {
  let database: Database
  let catalog: Catalog
  let store: Store
  beforeAll(async () => {
    database = await server.freshDatabase({ name: 'types', script: at('postgres-types.sql') })
    catalog = compileMapping(readFileSync(at('postgres-types.yaml'), 'utf8'), {
      file: 'postgres-types.yaml',
      env: { URL: database.url },
      readFile: (path) => readFileSync(path, 'utf8'),
    })
    store = await sqlBackend(import.meta.dirname).open(catalog)
  })
  afterAll(async () => {
    await store.close()
    await database.drop()
  })

  it('is selected by what a filter means', async () => {
    const user = typeNamed(catalog, 'User')
    const world = await look(store, user)
    expect(world.records.length).toBe(6)
    const tally = { filters: 0, pushed: 0, nonEmpty: 0 }
    const drafts = fc.sample(filterDrafts(user.type), { numRuns: 1_500, seed })
    expect(await firstMismatch(world, subjectOf(store, user), drafts, tally)).toBeUndefined()
    expect(tally.nonEmpty / tally.filters).toBeGreaterThan(0.3)
  }, 120_000)

  const refused = async (work: Promise<unknown>) => {
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    if (!isBridgeError(error)) throw new Error('it should have been refused', { cause: error })
    return `${error.reason}: ${error.detail}`
  }
  let made = 0
  const make = (set: Values['set']) =>
    handle(store, catalog).create('User', { set: { userName: `m${++made}@x`, ...set } })

  it.each([
    ['padded', '123456789', 'longer than the 8 characters'],
    ['padded', 'a ', 'padded ends in a blank'],
    ['displayName', 'x'.repeat(21), 'displayName is longer than the 20'],
    ['mood', 'SAD', 'mood is none of the values'],
    ['token', 'no uuid', 'token is no UUID'],
    ['token', '0B5C7D4E-1A2F-4C3B-8D9E-000000000001', 'token is no UUID, or not in lower case'],
    ['small', 32768, 'small is a number beyond'],
    ['big', '9223372036854775808', 'big is a number beyond'],
    ['amount', 10000, 'amount is a number beyond'],
    ['amount', -10000.5, 'amount is a number beyond'],
    ['amount', 0.125, 'amount has more than the 2 digits'],
    ['local', '2020-01-01T10:00:00.1234Z', 'local is a finer time'],
    ['day', '0000-12-31T00:00:00Z', 'day is before the first moment'],
    ['moment', '0000-12-31T23:00:00Z', 'moment is before the first moment'],
    ['address', '10.0.0.256', 'cannot store'],
    ['blind', 'a\u0000', 'blind holds a character'],
  ])('%s does not take %j', async (name, value, why) => {
    expect(await refused(make({ [name]: value }))).toMatch(new RegExp(`^invalidValue: .*${why}`))
  })

  it.each([
    ['the key of a column with a type of its own', { userName: 'ANN@X' }, /^conflict: .*userName/],
    ['an index of lower()', { turkish: 'IAN' }, /^conflict: .*turkish/],
    ['a constraint over two columns', { displayName: 'a', small: 1 }, /^conflict: .*displayName.*small/],
    ['a rule', { amount: 3 }, /^constraint: .*amount/],
    ['a rule of a type', { userName: 'nobody' }, /^constraint: a rule/],
    ['a trigger that objects', { displayName: 'forbidden' }, /^constraint: a rule/],
  ])('says what %s forbids', async (_, set, what) => {
    expect(await refused(make(set))).toMatch(what)
  })

  it('takes what fits, and gives it back', async () => {
    const set = {
      ...{
        padded: "ab'",
        displayName: 'é',
        blind: 'X',
        turkish: 'İ',
        mood: 'sad',
        small: -5,
        big: '-9007199254740993',
      },
      ...{ token: '0b5c7d4e-1a2f-4c3b-8d9e-00000000abcd', address: '10.0.0.0/8', amount: 2.5 * 4, ratio: 0.1 },
      ...{ flag: false, day: '2020-02-29T00:00:00Z', moment: '2020-01-01T00:00:00.123456Z', picture: 'AP8=' },
      names: ['a', "b'", 'é'],
    }
    const { shown, id } = await make(set)
    expect(shown).toMatchObject(set)
    // in the type that the server made the key
    expect(id).toMatch(/^\d+$/)
    const changed = await handle(store, catalog).change('User', id, { set: { mood: null, names: [], flag: null } })
    expect(changed.shown).not.toHaveProperty('mood')
    expect(changed.shown).toMatchObject({ turkish: 'İ' })
  })

  it('knows no record by what is no key', async () => {
    const h = handle(store, catalog)
    expect((await h.get('User', '1'))?.id).toBe('1')
    for (const garbage of ['01', '1.0', '1e0', ' 1', '-0', 'abc', '', '1'.repeat(30), "1' OR '1'='1", '٣'])
      expect(await h.get('User', garbage), garbage).toBeUndefined()
    const { total } = await h.list('User', { kind: 'id', ids: ['1', '01', 'abc', '2.0', '2'].map(scimId) })
    expect(total).toBe(2)
  })
})
