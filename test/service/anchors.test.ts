import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.ts'
import type { PageKey } from '../../src/mapping/record.ts'
import type { ListPlan } from '../../src/plan/plan.ts'
import type { Query } from '../../src/scim/request.ts'
import { anchors, walkOf } from '../../src/service/anchors.ts'
import type { Anchor } from '../../src/service/anchors.ts'
import { attributeRef } from '../../src/scim/schema.ts'
import { userSchema } from '../../src/scim/schemas/user.ts'
import { record } from '../sqlite-log.ts'
import type { Recorder } from '../sqlite-log.ts'
import { create, remove, stand } from './stand.ts'
import type { Stand } from './stand.ts'

const end = (key: PageKey['key'][number], sort: PageKey['sort'] = null): Anchor => ({
  end: { sort, key: [key] },
  total: 7,
  counted: 1,
})

describe('anchors', () => {
  it('finds what was kept, for the walk and the place it was kept for', () => {
    const kept = anchors()
    kept.keep('a', 100, end(5n))
    expect(kept.find('a', 100)).toEqual(end(5n))
    expect(kept.find('a', 101)).toBeUndefined()
    expect(kept.find('b', 100)).toBeUndefined()
    kept.keep('a', 100, end('six'))
    expect(kept.find('a', 100)).toEqual(end('six'))
  })

  it('forgets what nobody asked for, and nothing else, when there is too much', () => {
    const kept = anchors()
    for (let i = 0; i < 4096; i++) kept.keep('a', i, end(i))
    expect(kept.find('a', 0)).toEqual(end(0))
    kept.keep('b', 1, end('b'))
    expect(kept.find('a', 1)).toBeUndefined()
    expect(kept.find('a', 0)).toEqual(end(0))
    expect(kept.find('a', 2)).toEqual(end(2))
    for (let i = 0; i < 10_000; i++) kept.keep('c', i, end(i))
    expect(kept.find('a', 0)).toBeUndefined()
  })

  it('forgets a walk that has slept for an hour', () => {
    let now = 0
    const kept = anchors(() => now)
    kept.keep('a', 1, end(1))
    now = 3_600_000
    expect(kept.find('a', 1)).toEqual(end(1))
    now++
    expect(kept.find('a', 1)).toBeUndefined()
  })

  it('keeps no value as long as a client likes to write it', () => {
    const kept = anchors()
    kept.keep('a', 1, end(1))
    kept.keep('a', 1, end(2, 'x'.repeat(1001)))
    expect(kept.find('a', 1)).toBeUndefined()
  })
})

describe('walkOf', () => {
  const slot = (key: string) => ({ key, many: false, at: { kind: 'field', table: undefined, field: key } }) as const
  const plan = (value: unknown, more: object = {}): ListPlan =>
    ({
      of: { type: { name: 'User' } },
      where: { kind: 'slot', slot: slot('a'), test: { op: 'eq', value, fold: false } },
      cut: { by: 'backend', page: { offset: 0, limit: 1 }, order: undefined },
      ...more,
    }) as never
  const order = (descending: boolean) => ({
    cut: { by: 'backend', order: { slot: slot('a'), descending, fold: true, present: { kind: 'true' } } },
  })

  const userName = attributeRef(
    undefined,
    userSchema.attributes.find(({ name }) => name === 'userName')!,
  )
  const here = (value: string, descending: boolean) => ({
    cut: {
      by: 'bridge',
      residual: { kind: 'compare', attr: userName, op: 'eq', value },
      sort: { by: userName, descending },
    },
  })

  it('tells apart what asks for something else', () => {
    const all = [
      walkOf('', plan('5')),
      walkOf('client', plan('5')),
      walkOf('', plan(5)),
      walkOf('', plan(5n)),
      walkOf('', plan('5n')),
      walkOf('', plan(new Uint8Array([5]))),
      walkOf('', plan(new Uint8Array([6]))),
      walkOf('', plan(null)),
      walkOf('', plan('5', order(true))),
      walkOf('', plan('5', order(false))),
      walkOf('', plan('5', { of: { type: { name: 'Group' } } })),
      walkOf('', plan('5', { where: { kind: 'id', ids: ['a', 'b'] } })),
      walkOf('', plan('5', { where: { kind: 'id', ids: ['a, b'] } })),
      walkOf('', plan('5', here('userName co "a"', false))),
      walkOf('', plan('5', here('userName co "b"', false))),
      walkOf('', plan('5', here('userName co "a"', true))),
    ]
    expect(new Set(all).size).toBe(all.length)
    expect(walkOf('', plan('5', { cut: { by: 'backend', page: { offset: 7, limit: 3 } } }))).toBe(all[0])
  })
})

describe('a walk by index', () => {
  let here: Stand
  let recorder: Recorder
  beforeAll(async () => {
    here = await stand()
    recorder = record((database) => database !== here.legacy)
  })
  afterAll(async () => {
    recorder.stop()
    await here.close()
  })

  const list = async (query: Query): Promise<{ readonly ids: readonly string[]; readonly total: number }> => {
    const body = await here.body({ kind: 'list', type: 'User', query: { attributes: ['userName'], ...query } })
    return {
      ids: (body['Resources'] as readonly JsonObject[]).map(({ id }) => String(id)),
      total: Number(body['totalResults']),
    }
  }
  const pagesRead = (): readonly string[] => recorder.log.splice(0).filter((text) => /ORDER BY .* LIMIT/s.test(text))

  for (const query of [{}, { sortBy: 'title' }, { sortBy: 'title', sortOrder: 'descending' }, { filter: 'title pr' }]) {
    it(`shifts nothing when somebody goes meanwhile: ${JSON.stringify(query)}`, async () => {
      const whole = await list({ ...query, count: 1000 })
      const gone = new Set<string>()
      const seen: string[] = []
      for (let startIndex = 1; startIndex <= whole.total; startIndex += 50) {
        const page = await list({ ...query, startIndex, count: 50 })
        // what the walk shows from its first page to its last, those who have gone since included
        expect(page.total).toBe(whole.total)
        seen.push(...page.ids)
        // somebody who was shown already
        const first = seen[gone.size] ?? ''
        await here.ask(remove('User', first))
        gone.add(first)
      }
      expect(seen).toEqual(whole.ids)
    })
  }

  it('counts only where nobody has come by', async () => {
    recorder.log.length = 0
    await list({ startIndex: 31, count: 10, sortBy: 'userName' })
    expect(pagesRead()).toEqual([expect.stringContaining('LIMIT 10 OFFSET 30')])
    await list({ startIndex: 41, count: 20, sortBy: 'userName' })
    await list({ startIndex: 61, count: 5, sortBy: 'userName' })
    for (const text of pagesRead()) expect(text).not.toContain('OFFSET')
    // another order is another walk
    await list({ startIndex: 41, count: 20 })
    await list({ startIndex: 41, count: 20, sortBy: 'userName', sortOrder: 'descending' })
    await list({ startIndex: 41, count: 20, sortBy: 'userName', filter: 'active eq true' })
    for (const text of pagesRead()) expect(text).toContain('OFFSET 40')
  })

  it('goes on behind ids that the side store found, though it finds others by then', async () => {
    for (let i = 0; i < 6; i++) await here.ask(create('User', { userName: `aside-${i}`, externalId: `aside-${i}` }))
    const filter = 'externalId sw "aside"'
    const first = await list({ filter, count: 3 })
    await here.ask(remove('User', first.ids[0] ?? ''))
    await here.ask(remove('User', first.ids[1] ?? ''))
    const rest = await list({ filter, startIndex: 4, count: 3 })
    expect(rest.total).toBe(6)
    expect(rest.ids).toHaveLength(3)
    expect(first.ids).not.toContain(rest.ids[0])
  })
})
