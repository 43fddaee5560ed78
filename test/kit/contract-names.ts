import { expect } from 'vitest'
import { scimId } from '../../src/base/brand.ts'
import type { Reference } from '../../src/mapping/catalog.ts'
import { nameOf } from '../../src/plan/names.ts'
import type { ChangePlan, CreatePlan, IdOf, LinkDelta } from '../../src/plan/plan.ts'
import type { RunOptions } from '../../src/plan/port.ts'
import type { Chapter } from './contract.ts'
import { rejects, unique } from './contract-write.ts'
import type { Handle } from './handle.ts'
import { wantAll } from './handle.ts'
import { garbageIds } from './people.ts'

const match = ['id', 'userName', 'emails.value', 'userType'] as const

const managerOf = (h: Handle): Reference => ({ ...h.reference('User', 'manager'), match })
const names = (h: Handle, ...values: readonly string[]) =>
  values.map((value) => nameOf(managerOf(h), value, [h.mapping('User')]))

const written = (links: readonly LinkDelta[]) => ({
  write: { fields: [], rows: [], links },
  unique: [],
  side: undefined,
})

/** Sets the manager to whoever is found; what the store found out is told. */
async function setManager(h: Handle, id: string, value: string, options: Partial<RunOptions> = {}) {
  const of = h.mapping('User')
  const reference = managerOf(h)
  let found: ReturnType<IdOf>
  const plan: ChangePlan = {
    kind: 'change',
    of,
    id: scimId(id),
    prior: { slots: [], rows: [], links: [reference] },
    named: [{ reference, ids: [scimId(value)] }],
    names: names(h, value),
    decide(prior, idOf) {
      found = idOf?.(reference, value)
      const held = prior.links[reference.key]?.[0]?.id
      return written(
        found === held ? [] : [{ reference, only: true, add: found === undefined ? [] : [found], remove: [] }],
      )
    },
    assign: of.set.write,
    answer: undefined,
  }
  const outcome = await h.run(plan, options)
  return { found, changed: outcome.kind === 'written' && outcome.changed }
}

async function createUnder(h: Handle, value: string) {
  const of = h.mapping('User')
  const { slot } = { slot: h.slot('User', 'userName') }
  const plan: CreatePlan = {
    kind: 'create',
    of,
    decision: {
      write: {
        fields: [{ slot, value: unique() }],
        rows: [],
        links: [{ reference: managerOf(h), only: false, add: [scimId(value)], remove: [] }],
      },
      unique: [],
      side: undefined,
    },
    names: names(h, value),
    assign: [...of.set.create, ...of.set.write],
    answer: wantAll(of),
  }
  const outcome = await h.run(plan)
  if (outcome.kind !== 'written') throw new Error(outcome.kind)
  return outcome
}

/** Whom a write means who names somebody by something else than the id. */
export function nameContract({ test }: Chapter): void {
  const person = async (h: Handle, userName = unique(), mail = `${unique()}@example.com`) => {
    const made = await h.create('User', {
      set: { userName, userType: 'Employee' },
      rows: { emails: { add: [{ value: mail, type: 'work', primary: true }] } },
    })
    return { id: made.id, userName, mail }
  }
  const shown = async (h: Handle, id: string) => (await h.show('User', id))?.['manager']

  test('finds whom a write names by the id, the userName or an address', async (h) => {
    const boss = await person(h)
    const { id } = await person(h)
    for (const value of [boss.id, boss.userName, boss.userName.toUpperCase(), boss.mail]) {
      expect(await setManager(h, id, value), value).toEqual({ found: boss.id, changed: true })
      expect(await shown(h, id)).toEqual([boss.id])
      expect((await setManager(h, id, value)).changed, `${value} again`).toBe(false)
      await h.change('User', id, { links: { manager: { only: true } } })
      const { record, decision } = await createUnder(h, value)
      const { key } = managerOf(h)
      expect(record?.links[key]?.map((link) => link.id)).toEqual([boss.id])
      expect(decision.write.links.map(({ add }) => add)).toEqual([[boss.id]])
    }
  })

  test('tries the ways in their order', async (h) => {
    const boss = await person(h)
    const namesake = await person(h, boss.id)
    const { id } = await person(h)
    expect((await setManager(h, id, boss.id)).found).toBe(boss.id)
    expect(await shown(h, namesake.id)).toBeUndefined()
  })

  test('guesses nothing where two have what is named', async (h) => {
    const mail = `${unique()}@example.com`
    const boss = await person(h)
    await person(h, unique(), mail)
    await person(h, unique(), mail)
    const { id } = await person(h)
    await setManager(h, id, boss.id)
    await rejects(setManager(h, id, mail), 'invalidValue', mail)
    await rejects(createUnder(h, mail), 'invalidValue', mail)
    await rejects(setManager(h, id, 'Employee'), 'invalidValue', 'Employee')
    expect(await shown(h, id)).toEqual([boss.id])
  })

  test('finds nobody who is not there, and says so before it decides', async (h) => {
    const { id } = await person(h)
    const gone = await person(h)
    await h.remove('User', gone.id)
    const nobody = [...garbageIds, gone.id, gone.userName, gone.mail, unique(), '', '*', '%', "' OR 1=1 --", '😀']
    for (const value of nobody) expect((await setManager(h, id, value)).found, value).toBeUndefined()
    await rejects(createUnder(h, unique()), 'invalidValue')
    expect(await shown(h, id)).toBeUndefined()
  })

  test('finds whom it names in a dry run, and writes nothing', async (h) => {
    const boss = await person(h)
    const { id } = await person(h)
    expect((await setManager(h, id, boss.userName, { dry: true })).found).toBe(boss.id)
    expect(await shown(h, id)).toBeUndefined()
  })

  test('lets whoever is named go or be renamed at the same time', async (h) => {
    for (let round = 0; round < 6; round++) {
      const boss = await person(h)
      const { id } = await person(h)
      await Promise.allSettled([
        setManager(h, id, boss.mail),
        round % 2 === 0 ? h.remove('User', boss.id) : h.change('User', boss.id, { set: { userName: unique() } }),
      ])
      const isThere = (await h.get('User', boss.id)) !== undefined
      expect(await shown(h, id)).toEqual(isThere ? [boss.id] : undefined)
    }
  })
}
