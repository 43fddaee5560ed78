import { expect } from 'vitest'
import type { Link, NativeRecord } from '../../src/mapping/record.ts'
import type { Chapter } from './contract.ts'
import { everything } from './handle.ts'
import type { Handle } from './handle.ts'
import { rejects } from './contract-write.ts'

/** More than any store reads at once. */
const crowd = 1250

/** How many of the crowd are in each group; some are longer than what is read at once, one after the other or alone. */
const sizes: readonly (readonly [name: string, people: number])[] = [
  ['few', 2],
  ['long', crowd],
  ['none', 0],
  ['middle', 600],
  ['second', 600],
  ['longer', 1100],
  ['alone', 1],
]

/** Every link, whether it came with the record or as a stream. */
async function linksOf(record: NativeRecord | undefined, key: string): Promise<readonly Link[]> {
  const stream = record?.streams?.[key]
  if (stream === undefined) return record?.links[key] ?? []
  expect(record?.links).not.toHaveProperty([key])
  const links: Link[] = []
  for await (const chunk of stream) links.push(...chunk)
  return links
}

const idsOf = (links: readonly Link[]): readonly string[] => links.map(({ type, id }) => `${type} ${id}`).sort()

export function longContract({ before, test }: Chapter): void {
  const people: string[] = []
  const groups = new Map<string, string>()
  const held = new Map<string, readonly string[]>()
  const members = (h: Handle) => h.reference('Group', 'members')
  const want = (h: Handle) => ({ slots: [h.slot('Group', 'displayName')], rows: [], links: [members(h)] })
  const groupNamed = (name: string): string => groups.get(name) ?? ''

  before(async (h) => {
    for (let i = 0; i < crowd; i++) people.push((await h.create('User', { set: { userName: `crowd-${i}` } })).id)
    for (const [name, count] of sizes) {
      // not in the order in which they came
      const add = people.slice(0, count).sort()
      const { id } = await h.create('Group', { set: { displayName: name }, links: { members: { add } } })
      groups.set(name, id)
      held.set(name, add.map((one) => `User ${one}`).sort())
    }
    await h.change('Group', groupNamed('long'), {
      links: { members: { add: [groupNamed('few'), groupNamed('none')] } },
    })
    const inside = [`Group ${groupNamed('few')}`, `Group ${groupNamed('none')}`]
    held.set('long', [...(held.get('long') ?? []), ...inside].sort())
  })

  for (const [name] of sizes) {
    test(`gives all members of a group: ${name}`, async (h) => {
      const record = await h.get('Group', groupNamed(name), want(h))
      const links = await linksOf(record, members(h).key)
      expect(idsOf(links)).toEqual(held.get(name))
      expect(
        links
          .filter(({ type }) => type === 'Group')
          .map(({ display }) => display)
          .sort(),
      ).toEqual(name === 'long' ? ['few', 'none'] : [])
    })
  }

  for (const limit of [1, 2, 3, 100]) {
    test(`gives all members of all groups, by pages of ${limit}`, async (h) => {
      const seen = new Map<string, readonly string[]>()
      for (let offset = 0; offset < sizes.length; offset += limit) {
        const order = h.order('Group', 'displayName', true)
        const { records } = await h.list('Group', { kind: 'true' }, { offset, limit }, order, want(h))
        for (const record of records) {
          const name = String(record.fields[h.slot('Group', 'displayName').key])
          seen.set(name, idsOf(await linksOf(record, members(h).key)))
        }
      }
      expect(seen).toEqual(held)
    })
  }

  test('gives the members of each group, in whatever order they are read, or several at once', async (h) => {
    const { records } = await h.list('Group', { kind: 'true' }, everything, undefined, want(h))
    const name = (record: NativeRecord): string => String(record.fields[h.slot('Group', 'displayName').key])
    const backwards = new Map<string, readonly string[]>()
    for (const record of records.toReversed()) backwards.set(name(record), idsOf(await linksOf(record, members(h).key)))
    expect(backwards).toEqual(held)
    const again = await h.list('Group', { kind: 'true' }, everything, undefined, want(h))
    const atOnce = await Promise.all(
      again.records.map(async (record) => [name(record), idsOf(await linksOf(record, members(h).key))] as const),
    )
    expect(new Map(atOnce)).toEqual(held)
  })

  test('gives all members to a list that the bridge cuts', async (h) => {
    const outcome = await h.run({
      kind: 'list',
      of: h.mapping('Group'),
      where: { kind: 'true' },
      want: want(h),
      cut: { by: 'bridge', page: everything, residual: { kind: 'true' }, sort: undefined, scanLimit: 1000 },
    })
    if (outcome.kind !== 'records') throw new Error('no records')
    const sum = new Map<string, readonly string[]>()
    for await (const record of outcome.records)
      sum.set(String(record.fields[h.slot('Group', 'displayName').key]), idsOf(await linksOf(record, members(h).key)))
    expect(sum).toEqual(held)
  })

  test('shows whoever stays a member once, while others come and go', async (h) => {
    const add = people.slice(0, 1200)
    const { id } = await h.create('Group', { set: { displayName: 'moving' }, links: { members: { add } } })
    const record = await h.get('Group', id, want(h))
    const key = members(h).key
    const stream = record?.streams?.[key]
    const seen: Link[] = [...(record?.links[key] ?? [])]
    const remove = add.filter((_, i) => i % 5 === 0)
    if (stream !== undefined) {
      let isFirst = true
      for await (const chunk of stream) {
        seen.push(...chunk)
        if (isFirst) await h.change('Group', id, { links: { members: { remove, add: people.slice(1200) } } })
        isFirst = false
      }
    }
    const ids = seen.map((link) => String(link.id))
    expect(new Set(ids).size).toBe(ids.length)
    for (const one of add.filter((_, i) => i % 5 !== 0)) expect(ids).toContain(one)
    await h.remove('Group', id)
  })

  test('gives all members of what was written', async (h) => {
    const { record } = await h.change('Group', groupNamed('longer'), { set: { displayName: 'longer' } })
    expect(idsOf(await linksOf(record, members(h).key))).toEqual(held.get('longer'))
  })

  test('leaves off when nobody reads on, or the caller has gone', async (h) => {
    for (let i = 0; i < 20; i++) {
      const record = await h.get('Group', groupNamed('long'), want(h))
      for await (const chunk of record?.streams?.[members(h).key] ?? []) {
        expect(chunk.length).toBeGreaterThan(0)
        break
      }
    }
    const gone = new AbortController()
    const of = h.mapping('Group')
    const plan = { kind: 'get', of, id: groupNamed('long') as never, want: want(h) } as const
    const outcome = await h.run(plan, { signal: gone.signal })
    gone.abort()
    if (outcome.kind === 'record' && outcome.record?.streams !== undefined)
      await rejects(linksOf(outcome.record, members(h).key), 'timeout')
    expect((await h.list('Group', { kind: 'true' })).total).toBe(sizes.length)
  })

  test('refuses to hold more members at once than it may', async (h) => {
    const whole = (most: number) => ({ ...want(h), whole: most })
    const record = await h.get('Group', groupNamed('long'), whole(crowd + 2))
    expect(record?.streams).toBeUndefined()
    expect(idsOf(record?.links[members(h).key] ?? [])).toEqual(held.get('long'))
    await rejects(h.get('Group', groupNamed('long'), whole(crowd + 1)), 'tooMany')
    await rejects(
      h.change('Group', groupNamed('long'), { set: { displayName: 'x' } }, { prior: whole(crowd) }),
      'tooMany',
    )
    expect((await h.show('Group', groupNamed('long')))?.['displayName']).toBe('long')
  })
}
