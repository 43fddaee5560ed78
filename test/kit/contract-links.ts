import { expect } from 'vitest'
import type { Chapter } from './contract.ts'
import { rejects, unique } from './contract-write.ts'
import type { Handle } from './handle.ts'
import { garbageIds } from './people.ts'

const user = async (h: Handle): Promise<string> => (await h.create('User', { set: { userName: unique() } })).id
const users = (h: Handle, n: number): Promise<readonly string[]> =>
  Promise.all(Array.from({ length: n }, () => user(h)))
const group = async (h: Handle, ...add: readonly string[]): Promise<string> =>
  (await h.create('Group', { set: { displayName: unique() }, links: { members: { add } } })).id
const device = async (h: Handle, ...add: readonly string[]): Promise<string> =>
  (await h.create('Device', { set: { label: unique() }, links: { owners: { add } } })).id

/** A large reference and a small one: the same law. */
const sets = [
  { size: 'large', type: 'Group', name: 'members', make: group },
  { size: 'small', type: 'Device', name: 'owners', make: device },
] as const

export function linkContract({ test }: Chapter): void {
  for (const { size, type, name, make } of sets) {
    const held = async (h: Handle, id: string) => (await h.show(type, id))?.[name] ?? []
    const change = (h: Handle, id: string, delta: object) => h.change(type, id, { links: { [name]: delta } })

    test(`adds and removes what was named, of a ${size} set`, async (h) => {
      const [a, b, c] = (await users(h, 3)) as [string, string, string]
      const id = await make(h, a, b)
      expect(await held(h, id)).toEqual([a, b].sort())
      expect(await change(h, id, { add: [c] })).toMatchObject({ changed: true })
      expect(await held(h, id)).toEqual([a, b, c].sort())
      expect(await change(h, id, { remove: [a] })).toMatchObject({ changed: true })
      expect(await held(h, id)).toEqual([b, c].sort())
      await change(h, id, { add: [a], remove: [b, c] })
      expect(await held(h, id)).toEqual([a])
    })

    test(`keeps only what was named, of a ${size} set`, async (h) => {
      const [a, b, c] = (await users(h, 3)) as [string, string, string]
      const id = await make(h, a, b)
      await change(h, id, { only: true, add: [b, c] })
      expect(await held(h, id)).toEqual([b, c].sort())
      await change(h, id, { only: true })
      expect(await held(h, id)).toEqual([])
    })

    test(`adds twice and removes the absent without effect, of a ${size} set`, async (h) => {
      const [a, b] = (await users(h, 2)) as [string, string]
      const id = await make(h, a, a)
      expect(await held(h, id)).toEqual([a])
      expect(await change(h, id, { add: [a, a] })).toMatchObject({ changed: false })
      expect(await change(h, id, { remove: [b] })).toMatchObject({ changed: false })
      expect(await change(h, id, { remove: garbageIds })).toMatchObject({ changed: false })
      expect(await change(h, id, { only: true, add: [a] })).toMatchObject({ changed: false })
      expect(await held(h, id)).toEqual([a])
    })

    test(`loses no add and no remove made side by side, of a ${size} set`, async (h) => {
      const all = await users(h, 16)
      const id = await make(h, ...all.slice(8))
      await Promise.all(all.map((member, i) => change(h, id, i < 8 ? { add: [member] } : { remove: [member] })))
      expect(await held(h, id)).toEqual([...all.slice(0, 8)].sort())
    })

    test(`refuses a target that is not there, whole, of a ${size} set`, async (h) => {
      const [a, b] = (await users(h, 2)) as [string, string]
      const id = await make(h, a)
      for (const garbage of [...garbageIds, id.startsWith('g') ? 'g777' : id]) {
        await rejects(change(h, id, { add: [b, garbage], remove: [a] }), 'invalidValue', garbage)
      }
      await rejects(change(h, id, { only: true, add: ['u777777'] }), 'invalidValue')
      expect(await held(h, id)).toEqual([a])
    })

    test(`passes over a target that is not there when the mapping says so, of a ${size} set`, async (h) => {
      const [a, b] = (await users(h, 2)) as [string, string]
      const id = await make(h, a)
      const reference = { ...h.reference(type, name), onUnknown: 'ignore' } as const
      const of = h.mapping(type)
      await h.run({
        kind: 'change',
        of,
        id: id as never,
        prior: { slots: [], rows: [], links: [] },
        decide: () => ({
          write: {
            fields: [],
            rows: [],
            links: [{ reference, only: false, add: [b, ...garbageIds] as never, remove: [] }],
          },
          unique: [],
          side: undefined,
        }),
        assign: of.set.write,
        answer: undefined,
      })
      expect(await held(h, id)).toEqual([a, b].sort())
    })

    test(`forgets a deleted target, of a ${size} set`, async (h) => {
      const [a, b] = (await users(h, 2)) as [string, string]
      const id = await make(h, a, b)
      await h.remove('User', a)
      expect(await held(h, id)).toEqual([b])
      expect((await h.list(type, h.link(type, name, [a]))).total).toBe(0)
    })
  }

  test('holds groups in groups, and shows them to their members', async (h) => {
    const a = await user(h)
    const inner = await group(h, a)
    const outer = await group(h, inner)
    const top = await group(h, outer, a)
    expect((await h.show('Group', top))?.['members']).toEqual([a, outer].sort())
    expect((await h.show('User', a))?.['groups']).toEqual([inner, outer, top].sort())
    const groups = h.reference('User', 'groups')
    const links = (await h.get('User', a, { slots: [], rows: [], links: [groups] }))?.links[groups.key] ?? []
    expect(links.filter((l) => l.indirect === true).map((l) => l.id)).toEqual([outer])
  })

  test('shows at once that a group has come into another, or has left it', async (h) => {
    const a = await user(h)
    const inner = await group(h, a)
    const outer = await group(h)
    const groups = async () => (await h.show('User', a))?.['groups']
    expect(await groups()).toEqual([inner])
    await h.change('Group', outer, { links: { members: { add: [inner] } } })
    expect(await groups()).toEqual([inner, outer].sort())
    await h.change('Group', outer, { links: { members: { remove: [inner] } } })
    expect(await groups()).toEqual([inner])
    await h.change('Group', outer, { links: { members: { add: [inner] } } })
    expect(await groups()).toEqual([inner, outer].sort())
    await h.change('Group', outer, { links: { members: { only: true } } })
    expect(await groups()).toEqual([inner])
  })

  test('comes to an end when groups go round in a circle', async (h) => {
    const a = await user(h)
    const one = await group(h, a)
    const two = await group(h, one)
    await h.change('Group', one, { links: { members: { add: [two] } } })
    await h.change('Group', one, { links: { members: { add: [one] } } })
    expect((await h.show('User', a))?.['groups']).toEqual([one, two].sort())
    const within = h.link('User', 'groups', [two])
    if (h.store.say(within) === 'exact') expect((await h.list('User', within)).total).toBe(1)
    await h.remove('Group', one)
    expect((await h.show('User', a))?.['groups']).toBeUndefined()
  })

  test('holds one manager: the next replaces the last', async (h) => {
    const [a, b, c] = (await users(h, 3)) as [string, string, string]
    const manager = async () => (await h.show('User', a))?.['manager']
    await h.change('User', a, { links: { manager: { add: [b] } } })
    expect(await manager()).toEqual([b])
    await h.change('User', a, { links: { manager: { only: true, add: [c] } } })
    expect(await manager()).toEqual([c])
    await h.change('User', a, { links: { manager: { remove: [b] } } })
    expect(await manager(), 'another one was named').toEqual([c])
    await h.change('User', a, { links: { manager: { remove: [c] } } })
    expect(await manager()).toBeUndefined()
    await h.change('User', a, { links: { manager: { add: [c] } } })
    await h.change('User', a, { links: { manager: { only: true } } })
    expect(await manager()).toBeUndefined()
  })

  test('lets somebody be their own manager', async (h) => {
    const a = await user(h)
    await h.change('User', a, { links: { manager: { only: true, add: [a] } } })
    expect((await h.show('User', a))?.['manager']).toEqual([a])
    await h.remove('User', a)
    expect(await h.show('User', a)).toBeUndefined()
  })

  test('creates with a manager, and refuses one who is not there', async (h) => {
    const b = await user(h)
    const made = await h.create('User', { set: { userName: unique() }, links: { manager: { only: true, add: [b] } } })
    expect(made.shown?.['manager']).toEqual([b])
    for (const garbage of [...garbageIds, await group(h)]) {
      await rejects(
        h.change('User', made.id, { links: { manager: { only: true, add: [garbage] } } }),
        'invalidValue',
        garbage,
      )
    }
    expect((await h.show('User', made.id))?.['manager']).toEqual([b])
  })

  test('clears the manager of whose manager is deleted', async (h) => {
    const [a, b] = (await users(h, 2)) as [string, string]
    await h.change('User', a, { links: { manager: { add: [b] } } })
    await h.remove('User', b)
    expect((await h.show('User', a))?.['manager']).toBeUndefined()
  })

  test('gives a new record no reference of a deleted one', async (h) => {
    const a = await user(h)
    const id = await group(h, a)
    await h.remove('User', a)
    const b = await user(h)
    expect((await h.show('Group', id))?.['members']).toBeUndefined()
    expect((await h.show('User', b))?.['groups']).toBeUndefined()
  })

  test('stamps a group when a member is added, and only then', async (h) => {
    const a = await user(h)
    const id = await group(h)
    const stamp = async () => (await h.show('Group', id))?.['meta.lastModified']
    const first = await stamp()
    await new Promise((resolve) => setTimeout(resolve, 10))
    await h.change('Group', id, { links: { members: { remove: [a] } } })
    expect(await stamp(), 'nothing was removed').toBe(first)
    await h.change('Group', id, { links: { members: { add: [a] } } })
    const second = await stamp()
    expect(second).not.toBe(first)
    await new Promise((resolve) => setTimeout(resolve, 10))
    await h.change('Group', id, { links: { members: { add: [a] } } })
    expect(await stamp(), 'nothing was added').toBe(second)
  })
}
