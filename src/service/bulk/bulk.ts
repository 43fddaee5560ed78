import { setImmediate } from 'node:timers/promises'
import { asBridgeError } from '../../base/errors.ts'
import type { Json } from '../../base/json.ts'
import { readBulk } from '../../scim/bulk.ts'
import type { BulkRequest, SentOperation } from '../../scim/bulk.ts'
import { bulkIdIn, withTexts } from '../../scim/bulk-references.ts'
import { dialect } from '../../scim/dialect.ts'
import { statusTable } from '../../scim/error-answer.ts'
import { messages } from '../../scim/messages.ts'
import type { Application } from '../application.ts'
import { typeNamed } from '../application.ts'
import type { BulkTime, Reply, RequestContext } from '../bridge.ts'
import { byKey, claimsOf, collide } from './claims.ts'
import type { Claim } from './claims.ts'
import { runCircle } from './circle.ts'
import type { Node, Unit } from './order.ts'
import { inOrder } from './order.ts'
import { ask, isLate, placeOf, remember, requestOf } from './operate.ts'
import type { Job } from './operate.ts'
import { failed, succeeded } from './result.ts'
import type { Result } from './result.ts'

/** Operations under way at a time, so that one client leaves the others their share of the backend. */
const width = 4

/** RFC 7644 section 3.7. Rejects with BridgeError when the request as a whole is wrong; nothing is done then. */
export async function bulk(app: Application, body: Json, context: RequestContext, time: BulkTime): Promise<Reply> {
  const { catalog, limits, observe } = app
  const spoken = dialect(catalog.quirks, (name) => observe({ kind: 'quirk', name, application: catalog.name }))
  const types = catalog.types.map((m) => m.type)
  const passed = catalog.upstreams.map((one) => one.endpoint)
  const request = readBulk(body, types, limits.bulkOperations, spoken, passed)
  const job: Job = { app, context, time, spoken, until: performance.now() + time.whole, made: new Map() }
  const results = await run(job, request)
  const outcomes: Record<string, number> = {}
  for (const { status } of results) outcomes[status] = (outcomes[status] ?? 0) + 1
  observe({ kind: 'bulk', id: context.id, application: catalog.name, outcomes })
  return {
    status: 200,
    body: { schemas: [messages.bulkResponse], Operations: results.map(({ shown }) => shown) },
  }
}

/** The results of what was carried out, in the order of the request. */
async function run(job: Job, { operations, failOnErrors }: BulkRequest): Promise<readonly Result[]> {
  const nodes = nodesOf(job, operations)
  const results: (Result | undefined)[] = operations.map(() => undefined)
  const running = new Map<Promise<void>, ReadonlyMap<string, boolean>>()
  let errors = 0
  const carryOut = async ({ members, isCircle }: Unit): Promise<void> => {
    const sent = members.flatMap((at) => operations[at] ?? [])
    const ends = isCircle ? await circle(job, sent) : [await single(job, sent[0])]
    members.forEach((at, i) => {
      const result = ends[i]
      results[at] = result
      if (result !== undefined && result.status >= 400) errors++
    })
  }
  for (const unit of inOrder(nodes)) {
    const claims = unit.members.flatMap((at) => nodes[at]?.claims ?? [])
    // where an error may be the last one, nothing is begun before it is known whether there was one
    await turn(running, claims, failOnErrors === undefined ? width : 1)
    if (failOnErrors !== undefined && errors >= failOnErrors) break
    const work = carryOut(unit)
    running.set(work, byKey(claims))
    // one that rejects stays, so that whoever waits for it next rejects as well; nothing is left unheard
    void work.then(
      () => running.delete(work),
      () => undefined,
    )
  }
  await Promise.all(running.keys())
  return results.filter((result) => result !== undefined)
}

/** Waits until nothing is under way that must come before, and for a free place. Others are served in between. */
async function turn(
  running: ReadonlyMap<Promise<void>, ReadonlyMap<string, boolean>>,
  claims: readonly Claim[],
  most: number,
): Promise<void> {
  await setImmediate()
  while (running.size >= most || [...running.values()].some((other) => collide(claims, other))) {
    await Promise.race(running.keys())
  }
}

async function single(job: Job, sent: SentOperation | undefined): Promise<Result | undefined> {
  if (sent === undefined) return undefined
  try {
    if (sent.kind === 'refused') throw sent.error
    const reply = await ask(job, requestOf(job, sent), job.context.signal)
    if (sent.method === 'POST') remember(job, sent, reply)
    return succeeded(sent, reply, placeOf(job, sent.target))
  } catch (error) {
    if (sent.bulkId !== undefined && !job.made.has(sent.bulkId)) job.made.set(sent.bulkId, undefined)
    return refused(job, sent, error)
  }
}

async function circle(job: Job, sent: readonly SentOperation[]): Promise<readonly Result[]> {
  const members = sent.filter((one) => one.kind === 'operation')
  const ends = await runCircle(job, members)
  return ends.map((end, i) => {
    const operation = members[i]
    if (operation === undefined) throw new Error('a circle has an end for each of its members')
    if (end.kind === 'done') return succeeded(operation, end.reply, undefined)
    return refused(job, operation, end.error, end.left)
  })
}

function refused(job: Job, sent: SentOperation, thrown: unknown, left?: string): Result {
  const { app, context } = job
  const error = asBridgeError(thrown)
  if (statusTable[error.reason].tell === true && !isLate(error)) {
    app.observe({ kind: 'failure', id: context.id, code: error.code, cause: error.cause ?? error })
  }
  return failed(sent, error, left ?? (sent.target && placeOf(job, sent.target)), context.id)
}

function nodesOf(job: Job, operations: readonly SentOperation[]): readonly Node[] {
  const makers = new Map<string, number>()
  const targets = new Set<string>()
  operations.forEach((one, at) => {
    if (one.bulkId !== undefined && (one.kind === 'refused' || one.method === 'POST')) makers.set(one.bulkId, at)
    if (one.target?.kind === 'id') targets.add(one.target.id)
  })
  return operations.map((one): Node => {
    const needs = new Set<number>()
    const need = (bulkId: string | undefined): void => {
      const maker = bulkId === undefined ? undefined : makers.get(bulkId)
      if (maker !== undefined) needs.add(maker)
    }
    if (one.kind === 'refused') return { needs, claims: [] }
    if (one.target.kind === 'bulkId') need(one.target.bulkId)
    withTexts(one, job.spoken, (text) => {
      need(bulkIdIn(text))
      return text
    })
    const mapping = typeNamed(job.app, one.target.type.name)
    return { needs, claims: claimsOf(one, mapping, job.app.catalog.types, targets, job.spoken) }
  })
}
