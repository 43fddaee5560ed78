import { never } from '../../base/errors.ts'
import type { Assignment } from '../../mapping/catalog.ts'
import type { Predicate } from '../../mapping/predicate.ts'
import type { NativeRecord } from '../../mapping/record.ts'
import { noteOfWay } from '../../plan/names.ts'
import type { Decision, Name, Plan, Want } from '../../plan/plan.ts'
import type { NativeOperation } from '../../plan/port.ts'

/** A plan as the operations of this store, in order. */
export function explain(plan: Plan, prior: NativeRecord | undefined): readonly NativeOperation[] {
  const type = plan.of.type.name
  switch (plan.kind) {
    case 'get':
      return [operation(`GET ${type} ? RETURN ${wanted(plan.want)}`, [plan.id])]
    case 'list': {
      const params: unknown[] = []
      const where = print(plan.where, params)
      const { cut } = plan
      const order =
        cut.by === 'backend' && cut.order ? ` ORDER ${cut.order.slot.key}${cut.order.descending ? ' DESC' : ''}` : ''
      const page =
        cut.by !== 'backend' ? '' : ` ${cut.page.after ? 'AFTER ?' : `SKIP ${cut.page.offset}`} TAKE ${cut.page.limit}`
      if (cut.by === 'backend' && cut.page.after) params.push(cut.page.after)
      return [operation(`LIST ${type} WHERE ${where} RETURN ${wanted(plan.want)}${order}${page}`, params)]
    }
    case 'create':
      return [
        ...found(plan.names),
        ...decided(type, 'CREATE', plan.decision, plan.assign),
        operation(`GET ${type} RETURN ${wanted(plan.answer)}`, [], 'answer'),
      ]
    case 'change':
      return [
        operation(`GET ${type} ? RETURN ${wanted(plan.prior)}`, [plan.id], 'prior'),
        ...found(plan.names),
        ...(prior === undefined ? [] : decided(type, 'CHANGE', plan.decide(prior), plan.assign)),
        ...(plan.answer === undefined
          ? []
          : [operation(`GET ${type} ? RETURN ${wanted(plan.answer)}`, [plan.id], 'answer')]),
      ]
    case 'remove':
      return [
        operation(`GET ${type} ? RETURN ${wanted(plan.prior)}`, [plan.id], 'prior'),
        operation(`REMOVE ${type} ?`, [plan.id]),
      ]
    default:
      return never(plan)
  }
}

/** Whom a write means. */
const found = (names: readonly Name[] = []): readonly NativeOperation[] =>
  names.flatMap((name) =>
    name.ways.flatMap((way, i) =>
      way.of.map(({ type, where }) => {
        const params: unknown[] = []
        return operation(`FIND ${type} WHERE ${print(where, params)}`, params, noteOfWay(name, i))
      }),
    ),
  )

/** What a decision does, without the reads around it. */
export function decided(
  type: string,
  verb: 'CREATE' | 'CHANGE',
  decision: Decision,
  assign: readonly Assignment[],
): readonly NativeOperation[] {
  const checks = decision.unique.map(({ attribute, where }) => {
    const params: unknown[] = []
    return operation(`FIND ${type} WHERE ${print(where, params)}`, params, `unique ${attribute}`)
  })
  const { fields, rows, links } = decision.write
  const isEmpty = fields.length + rows.length + links.length === 0
  if (verb === 'CHANGE' && isEmpty) return checks
  const set = [
    ...fields.map(({ slot, value }) => ({ text: `${slot.key} = ?`, params: [value] })),
    ...assign.map(({ slot, value }) => ({ text: `${slot.key} = ${value.kind}`, params: [] })),
  ]
  return [
    ...checks,
    operation(
      `${verb} ${type} SET ${set.map((s) => s.text).join(', ')}`,
      set.flatMap((s) => s.params),
    ),
    ...rows.flatMap((delta) => [
      ...delta.remove.map((row) => operation(`REMOVE ROW ${delta.rows.key}`, [row.fields])),
      ...delta.change.map(({ from, to }) => operation(`CHANGE ROW ${delta.rows.key}`, [from.fields, to.fields])),
      ...delta.add.map((row) => operation(`ADD ROW ${delta.rows.key}`, [row.fields])),
    ]),
    ...links.map((delta) =>
      operation(
        `LINK ${delta.reference.key}${delta.only ? ' ONLY' : ''} ADD (${marks(delta.add.length)}) REMOVE (${marks(delta.remove.length)})`,
        [...delta.add, ...delta.remove],
      ),
    ),
  ]
}

const operation = (text: string, params: readonly unknown[], note?: string): NativeOperation => ({
  text,
  params,
  ...(note === undefined ? {} : { note }),
})

const marks = (count: number): string => Array.from({ length: count }, () => '?').join(', ')

const wanted = (want: Want): string => [...want.slots, ...want.rows, ...want.links].map((w) => w.key).join(', ') || 'id'

/** Values go to `params`, as a database's log would show them. */
function print(predicate: Predicate, params: unknown[]): string {
  switch (predicate.kind) {
    case 'true':
    case 'false':
      return predicate.kind
    case 'and':
    case 'or':
      return predicate.of.length === 0
        ? predicate.kind === 'and'
          ? 'true'
          : 'false'
        : `(${predicate.of.map((p) => print(p, params)).join(` ${predicate.kind} `)})`
    case 'not':
      return `not ${print(predicate.of, params)}`
    case 'slot': {
      const { slot, test } = predicate
      switch (test.op) {
        case 'absent':
          return `${slot.key} absent`
        case 'in':
          params.push(...test.values)
          return `${slot.key} in (${marks(test.values.length)})`
        case 'moment':
          params.push(test.value)
          return `moment(${slot.key}) ${test.is} ?`
        case 'bits':
          return `${slot.key} & ${test.mask} = ${test.equals}`
        case 'eq':
        case 'co':
        case 'sw':
        case 'ew':
        case 'gt':
        case 'ge':
        case 'lt':
        case 'le':
          params.push(test.value)
          return `${test.fold ? `fold(${slot.key})` : slot.key} ${test.op} ?`
        default:
          return never(test)
      }
    }
    case 'row':
      return `some ${predicate.rows.key}[${print(predicate.where, params)}]`
    case 'link':
      if (predicate.to === 'any') return `${predicate.reference.key} any`
      params.push(...predicate.to)
      return `${predicate.reference.key} holds (${marks(predicate.to.length)})`
    case 'id':
      params.push(...predicate.ids)
      return `id in (${marks(predicate.ids.length)})`
    default:
      return never(predicate)
  }
}
