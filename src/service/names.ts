import type { Reference, ResourceMapping } from '../mapping/catalog.ts'
import { isMatched, nameOf } from '../plan/names.ts'
import { heldAside, keepingIn } from '../plan/kept.ts'
import type { ChangePlan, CreatePlan, Name, SideValues, Way } from '../plan/plan.ts'
import type { Application } from './application.ts'
import { typeNamed } from './application.ts'
import { resolveSide } from './side.ts'

/** A write with what it calls those whom it names, where the mapping has more to find them by than their ids. */
export async function withNames<P extends CreatePlan | ChangePlan>(
  app: Application,
  plan: P,
  held: SideValues = {},
): Promise<P> {
  const sent = new Map<string, { readonly reference: Reference; readonly value: string }>()
  for (const { reference, values } of [...valuesOf(plan), ...waiting(plan, held)])
    if (isMatched(reference)) for (const value of values) sent.set(`${reference.key} ${value}`, { reference, value })
  if (sent.size === 0) return plan
  const names = [...sent.values()].map(({ reference, value }) => nameIn(app, reference, value))
  return { ...plan, names: await Promise.all(names) }
}

const valuesOf = (
  plan: CreatePlan | ChangePlan,
): readonly { readonly reference: Reference; readonly values: readonly string[] }[] =>
  plan.kind === 'create'
    ? plan.decision.write.links.map(({ reference, add }) => ({ reference, values: add }))
    : (plan.named ?? []).map(({ reference, ids }) => ({ reference, values: ids }))

/** Whoever waits is looked for with every write of the record that says nothing else. */
const waiting = (plan: CreatePlan | ChangePlan, held: SideValues): ReturnType<typeof valuesOf> =>
  keepingIn(plan.of).flatMap((one) => {
    const value = heldAside(one, held)
    return value === undefined ? [] : [{ reference: one.reference, values: [value] }]
  })

/** A name with all that it may mean. */
export const nameIn = (app: Application, reference: Reference, value: string): Promise<Name> =>
  withAside(
    app,
    nameOf(
      reference,
      value,
      reference.to.map((type) => typeNamed(app, type)),
    ),
  )

/** What the bridge keeps itself is asked here: the application is told the ids that may be meant, and looks for those. */
async function withAside(app: Application, name: Name): Promise<Name> {
  const ways = name.ways.map(async (way): Promise<Way> => {
    const of = way.of.map(async ({ type, where }) => {
      const mapping: ResourceMapping = typeNamed(app, type)
      return { type, where: await resolveSide(where, mapping, app.side, app.limits.scanLimit) }
    })
    return { ...way, of: (await Promise.all(of)).filter(({ where }) => where.kind !== 'id' || where.ids.length > 0) }
  })
  return { ...name, ways: await Promise.all(ways) }
}
