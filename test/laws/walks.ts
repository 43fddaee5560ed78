import fc from 'fast-check'
import { scimId } from '../../src/base/brand.ts'
import { isBridgeError } from '../../src/base/errors.ts'
import { isArray, isObject } from '../../src/base/json.ts'
import type { Json, JsonObject } from '../../src/base/json.ts'
import type { Catalog, ResourceMapping } from '../../src/mapping/catalog.ts'
import { decodeRecord } from '../../src/mapping/decode.ts'
import { planPatch } from '../../src/plan/change.ts'
import type { Store } from '../../src/plan/port.ts'
import { fold } from '../../src/scim/compare.ts'
import { parseInstant, printInstant } from '../../src/scim/instant.ts'
import { applyPatch } from '../../src/scim/patch-apply.ts'
import { parsePatch } from '../../src/scim/patch-parse.ts'
import type { PatchOperation } from '../../src/scim/patch.ts'
import { handle, wantAll } from '../kit/handle.ts'
import type { Handle } from '../kit/handle.ts'
import { seed } from './arbitraries.ts'
import { steps } from './patches.ts'
import type { Step } from './patches.ts'

const signal = new AbortController().signal

/** A store without people, for one walk; it is closed after it. */
export interface Opened {
  readonly store: Store
  readonly catalog: Catalog
}

interface Ids {
  readonly User: readonly string[]
  readonly Group: readonly string[]
}

async function begin(h: Handle): Promise<Ids> {
  const users: string[] = []
  for (let i = 0; i < 5; i++) {
    users.push(
      (
        await h.create('User', {
          set: { userName: `p${i}`, active: i % 2 === 0 },
          rows: { emails: { add: i < 3 ? [{ value: 'a@x', type: 'work' }] : [] } },
        })
      ).id,
    )
  }
  const groups = [
    (await h.create('Group', { set: { displayName: 'one' }, links: { members: { add: users.slice(0, 3) } } })).id,
    (await h.create('Group', { set: { displayName: 'two' } })).id,
  ]
  return { User: users, Group: groups }
}

const named = (value: Json, ids: Ids): Json =>
  JSON.parse(
    JSON.stringify(value).replace(/\$(\d|x)/g, (_, n: string) =>
      n === 'x' ? 'u777777' : (ids.User[Number(n)] ?? 'u0'),
    ),
  ) as Json

/** What is compared: without what the service itself stamps, computes or shows of others; lists without their order. */
const essence = (resource: JsonObject): Json => settled(rest(resource), spelled)

function rest(resource: JsonObject): JsonObject {
  const { meta: _meta, schemas: _schemas, groups: _groups, id: _id, ...own } = resource
  return own
}

function settled(value: Json, spell: (key: string, text: string) => string = (_, text) => text): Json {
  if (isArray(value)) return [...new Set(value.map((v) => JSON.stringify(settled(v, spell))))].sort()
  if (!isObject(value)) return value
  if (typeof value['value'] === 'string' && /^[ug](?:\d+|[\da-f-]{36})$/.test(value['value'])) return value['value']
  const entries = Object.entries(value)
    .map(([key, v]) => [key, typeof v === 'string' ? spell(key, v) : v] as const)
    .filter(([key, v]) => !(key === 'primary' && v === false) && v !== undefined)
    .map(([key, v]) => [key, settled(v, spell)] as const)
    .filter(([, v]) => !(isObject(v) && Object.keys(v).length === 0))
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Words of a table come back in the table's spelling, times in UTC. */
function spelled(key: string, value: string): string {
  const instant = key === 'hired' ? parseInstant(value) : undefined
  if (instant !== undefined) return printInstant(instant)
  return key === 'userType' || key === 'department' ? fold(value) : value
}

/** A second number of one type has no column: the mapping's answer to that is to leave it out. */
function carried(resource: JsonObject): JsonObject {
  const phones = resource['phoneNumbers']
  if (!isArray(phones)) return resource
  const kept = phones.filter(
    (p, i) =>
      isObject(p) && p['value'] !== undefined && phones.findIndex((q) => isObject(q) && q['type'] === p['type']) === i,
  )
  const { phoneNumbers: _, ...rest } = resource
  return kept.length === 0 ? rest : { ...rest, phoneNumbers: kept }
}

const reason = (error: unknown): string => {
  if (isBridgeError(error)) return error.reason
  throw error
}

async function outcomeOf<T>(work: () => T | Promise<T>): Promise<{ readonly value: T } | { readonly reason: string }> {
  try {
    return { value: await work() }
  } catch (error) {
    return { reason: reason(error) }
  }
}

export const tally = { changed: 0, same: 0, refused: 0 }

/** One PATCH through the store and by the reference; what is wrong, or undefined. */
async function wrongStep(h: Handle, ids: Ids, step: Step): Promise<string | undefined> {
  const of = h.mapping(step.type)
  const id = ids[step.type][step.target] ?? ''
  const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: named(step.operations, ids) }
  const parsed = await outcomeOf(() => parsePatch(body, of.type, h.catalog.quirks))
  if ('reason' in parsed) return undefined
  const before = await read(h, of, id)
  const expected = await outcomeOf(() => applyPatch(before, parsed.value, of.type))
  const actual = await outcomeOf(() => patch(h, of, id, parsed.value))
  const after = await read(h, of, id)
  const tell = (what: string): string =>
    [
      what,
      JSON.stringify(body.Operations),
      `before: ${JSON.stringify(before)}`,
      `expected: ${JSON.stringify(expected)}`,
      `actual: ${JSON.stringify(after)}`,
    ].join('\n')
  if ('reason' in actual) {
    tally.refused++
    if (JSON.stringify(after) !== JSON.stringify(before)) return tell(`refused as ${actual.reason}, yet changed`)
    if ('reason' in expected) return undefined
    return (await mayRefuse(h, of, id, expected.value, actual.reason)) ? undefined : tell(`refused as ${actual.reason}`)
  }
  if ('reason' in expected) return tell(`should be refused as ${expected.reason}`)
  if (JSON.stringify(essence(carried(expected.value))) !== JSON.stringify(essence(after))) return tell('another result')
  const isSame = JSON.stringify(essence(before)) === JSON.stringify(essence(after))
  if (isSame) tally.same++
  else tally.changed++
  // 'sales' for 'Sales' is another spelling of what is held, which only a store with a lookup table can see
  const repeats = JSON.stringify(settled(rest(expected.value))) === JSON.stringify(settled(rest(before)))
  if (repeats && actual.value) return tell('a repetition was written')
  if (!isSame && !actual.value) return tell('a change was not reported')
  return undefined
}

/** What only the store can know: the name is taken, the target is nobody, the word is not in the table. */
async function mayRefuse(
  h: Handle,
  of: ResourceMapping,
  id: string,
  expected: JsonObject,
  why: string,
): Promise<boolean> {
  const text = JSON.stringify(expected)
  if (why === 'invalidValue') return text.includes('u777777') || expected['userType'] === 'Alien'
  if (why !== 'conflict') return false
  const name = of.type.name === 'User' ? 'userName' : 'displayName'
  const { records } = await h.list(of.type.name, { kind: 'true' })
  return records.some((r) => r.id !== id && fold(String(decodeRecord(of, r)[name])) === fold(String(expected[name])))
}

async function read(h: Handle, of: ResourceMapping, id: string): Promise<JsonObject> {
  const record = await h.get(of.type.name, id)
  if (record === undefined) throw new Error(`${id} is gone`)
  return decodeRecord(of, record)
}

async function patch(
  h: Handle,
  of: ResourceMapping,
  id: string,
  operations: readonly PatchOperation[],
): Promise<boolean> {
  const plan = planPatch(
    {
      mapping: of,
      id: scimId(id),
      ifMatch: undefined,
      held: {},
      answer: wantAll(of),
      uncarried: 'drop',
      keepActive: false,
      scanLimit: 1000,
    },
    operations,
  )
  const outcome = await h.store.run(h.store.lower(plan), { signal })
  if (outcome.kind !== 'written') throw new Error('a change answers with what was written')
  return outcome.changed
}

/** Walks of PATCHes over fresh stores; the first wrong step, or undefined. */
export async function firstWrong(
  open: () => Promise<Opened>,
  numRuns: number,
  shrinks = false,
  asks: (step: Step) => boolean = () => true,
): Promise<string | undefined> {
  let broken: string | undefined
  const walk = fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 12 }), async (walked) => {
    const { store, catalog } = await open()
    try {
      const h = handle(store, catalog)
      const ids = await begin(h)
      for (const step of walked.filter(asks)) {
        const wrong = await wrongStep(h, ids, step)
        if (wrong === undefined) continue
        broken = wrong
        return false
      }
      return true
    } finally {
      await store.close()
    }
  })
  const details = await fc.check(walk, {
    numRuns,
    endOnFailure: !shrinks,
    seed,
  })
  return details.failed ? `seed ${details.seed}\n${broken ?? String(details.errorInstance)}` : undefined
}
