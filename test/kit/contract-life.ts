import { expect } from 'vitest'
import { scimId } from '../../src/base/brand.ts'
import { BridgeError } from '../../src/base/errors.ts'
import { outsideOf } from './contract.ts'
import type { Chapter } from './contract.ts'
import { rejects, unique } from './contract-write.ts'
import { id as idNamed, populate } from './people.ts'
import { wantAll } from './handle.ts'

const all = { kind: 'true' } as const

export function lifeContract({ before, test }: Chapter): void {
  before(populate)

  test('deletes', async (h) => {
    const { id } = await h.create('User', {
      set: { userName: unique(), locale: 'en', costCenter: 'x' },
      rows: { emails: { add: [{ value: 'a@x' }] } },
    })
    expect(await h.remove('User', id)).toMatchObject({ kind: 'written', id, changed: true })
    expect(await h.get('User', id)).toBeUndefined()
    await rejects(h.remove('User', id), 'missing')
  })

  test('deletes nothing when the check throws', async (h) => {
    const { id, shown } = await h.create('User', { set: { userName: unique(), title: 'kept' } })
    const refusal = new BridgeError('preconditionFailed', 'somebody was faster')
    await expect(
      h.remove('User', id, {
        check: (prior) => {
          expect(Object.values(prior.fields)).toContain('kept')
          throw refusal
        },
      }),
    ).rejects.toBe(refusal)
    expect(await h.show('User', id)).toEqual(shown)
  })

  test('lets one of many equal deletes through', async (h) => {
    const { id } = await h.create('User', { set: { userName: unique() } })
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => h.remove('User', id)))
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
  })

  test('hides a record that is marked as deleted', async (h) => {
    const label = unique()
    const owner = await h.create('User', { set: { userName: unique() } })
    const { id } = await h.create('Device', { set: { label }, links: { owners: { add: [owner.id] } } })
    const total = (await h.list('Device', all)).total ?? 0
    await h.remove('Device', id)
    expect(await h.get('Device', id)).toBeUndefined()
    expect((await h.list('Device', all)).total).toBe(total - 1)
    expect((await h.list('Device', { kind: 'id', ids: [id] })).total).toBe(0)
    await rejects(h.change('Device', id, { set: { label: 'x' } }), 'missing')
    await rejects(h.remove('Device', id), 'missing')
  })

  test('gives the name of a record that is marked as deleted to another', async (h) => {
    const label = unique()
    const { id } = await h.create('Device', { set: { label } })
    await h.remove('Device', id)
    const unhidden = [{ attribute: 'label', where: h.compare('Device', 'label', 'eq', label) }]
    const again = await h.create('Device', { set: { label } }, { unique: unhidden })
    expect(again.id).not.toBe(id)
  })

  test('shows and changes nothing outside of the mapped records', async (h, _, opened) => {
    const { user: outsider, group: outside } = outsideOf(opened)
    expect(await h.get('User', outsider)).toBeUndefined()
    expect(await h.names('User', h.compare('User', 'userName', 'eq', 'outsider'), 'userName')).toEqual([])
    expect((await h.list('User', { kind: 'id', ids: [outsider as never] })).total).toBe(0)
    expect(await h.names('Group', all, 'displayName')).not.toContain('Outside')
    await rejects(h.change('User', outsider, { set: { title: 'x' } }), 'missing')
    await rejects(h.remove('User', outsider), 'missing')
    await rejects(h.change('Group', outside, { links: { members: { add: [] } }, set: { displayName: 'x' } }), 'missing')
  })

  test('links nothing to a record outside', async (h, _, opened) => {
    const { user: outsider, group: outside } = outsideOf(opened)
    const { id } = await h.create('User', { set: { userName: unique() } })
    const made = await h.create('Group', { set: { displayName: unique() } })
    await rejects(h.change('User', id, { links: { manager: { only: true, add: [outsider] } } }), 'invalidValue')
    await rejects(h.change('Group', made.id, { links: { members: { add: [outsider] } } }), 'invalidValue')
    await rejects(h.change('Group', made.id, { links: { members: { add: [outside] } } }), 'invalidValue')
    expect((await h.show('Group', made.id))?.['members']).toBeUndefined()
  })

  test('tells a name taken outside from one taken inside', async (h, _, opened) => {
    for (const userName of outsideOf(opened).names) {
      const check = [{ attribute: 'userName', where: h.compare('User', 'userName', 'eq', userName) }]
      await rejects(h.create('User', { set: { userName } }, { unique: check }), 'conflictOutOfScope', userName)
    }
  })

  test('stops when the request was given up', async (h) => {
    const gone = AbortSignal.abort()
    const name = unique()
    await rejects(h.create('User', { set: { userName: name } }, { signal: gone }), 'timeout')
    expect((await h.list('User', h.compare('User', 'userName', 'eq', name))).total).toBe(0)
    const of = h.mapping('User')
    const get = h.store.lower({ kind: 'get', of, id: 'u1' as never, want: wantAll(of) })
    await rejects(h.store.run(get, { signal: gone }), 'timeout')
  })

  test('writes nothing when the request is given up while the hook runs', async (h) => {
    const controller = new AbortController()
    const name = unique()
    const beforeWrite = async (): Promise<void> => controller.abort()
    await rejects(h.create('User', { set: { userName: name } }, { signal: controller.signal, beforeWrite }), 'timeout')
    expect((await h.list('User', h.compare('User', 'userName', 'eq', name))).total).toBe(0)
  })

  test('stops a stream when the request is given up', async (h) => {
    const controller = new AbortController()
    const of = h.mapping('User')
    const cut = {
      by: 'bridge',
      page: { offset: 0, limit: 1 },
      residual: all,
      sort: undefined,
      scanLimit: 1000,
    } as const
    const outcome = await h.run({ kind: 'list', of, where: all, want: wantAll(of), cut }, { signal: controller.signal })
    if (outcome.kind !== 'records') throw new Error('no records')
    const drain = async (): Promise<void> => {
      controller.abort()
      for await (const record of outcome.records) expect(record.id).toBeUndefined()
    }
    await rejects(drain(), 'timeout')
    expect((await h.list('User', all)).total, 'the store goes on').toBeGreaterThan(0)
  })

  test('answers a ping', async (h) => {
    await expect(h.store.ping(new AbortController().signal)).resolves.toBeUndefined()
  })

  test('explains every plan without running it', async (h) => {
    const of = h.mapping('User')
    const nothing = { slots: [], rows: [], links: [] } as const
    const decision = {
      write: { ...nothing, fields: [{ slot: h.slot('User', 'title'), value: 'explained' }] },
      unique: [],
      side: undefined,
    }
    const ann = scimId(idNamed('ann'))
    const before = (await h.list('User', all)).total
    const plans = [
      { kind: 'get', of, id: ann, want: wantAll(of) },
      {
        kind: 'create',
        of,
        decision: {
          ...decision,
          write: { ...nothing, fields: [{ slot: h.slot('User', 'userName'), value: 'nobody' }] },
        },
        assign: [...of.set.create, ...of.set.write],
        answer: nothing,
      },
      {
        kind: 'change',
        of,
        id: ann,
        prior: wantAll(of),
        decide: () => decision as never,
        assign: of.set.write,
        answer: undefined,
      },
      { kind: 'remove', of, id: ann, prior: nothing, check: () => undefined },
    ] as const
    for (const plan of plans) {
      const operations = h.store.explain(h.store.lower(plan), { id: ann, fields: {}, rows: {}, links: {} })
      expect(operations.length, plan.kind).toBeGreaterThan(0)
      for (const { text } of operations) expect(text).not.toContain('explained')
    }
    expect((await h.list('User', all)).total).toBe(before)
  })
}
