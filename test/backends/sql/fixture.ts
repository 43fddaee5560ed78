import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqlBackend } from '../../../src/backends/sql/backend.ts'
import { scimId } from '../../../src/base/brand.ts'
import type { ScimId } from '../../../src/base/brand.ts'
import type { Json } from '../../../src/base/json.ts'
import type {
  AttributeMapping,
  Catalog,
  Leaf,
  Reference,
  ResourceMapping,
  TableSource,
} from '../../../src/mapping/catalog.ts'
import type { Codec } from '../../../src/mapping/codec.ts'
import type { Predicate } from '../../../src/mapping/predicate.ts'
import type { NativeRecord } from '../../../src/mapping/record.ts'
import type { NativeValue, RowsSource, Slot, SlotPlace } from '../../../src/mapping/slot.ts'
import type { Decision, LinkDelta, Plan, Want, WriteSet } from '../../../src/plan/plan.ts'
import type { Outcome, RunOptions, Store } from '../../../src/plan/port.ts'
import { fold } from '../../../src/scim/compare.ts'
import { attribute } from '../../../src/scim/schema.ts'
import type { AttributeRef } from '../../../src/scim/schema.ts'
import { equalTo } from '../../../src/mapping/scope.ts'

/** Text as it is; enough for what a store looks at. */
export const text: Codec = {
  name: 'text',
  decode: (native) => (native === null ? undefined : String(native)),
  encode: (value) => (typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value)),
  none: null,
  compare: (op, value, slot) =>
    op === 'ne' ? undefined : { kind: 'slot', slot, test: { op, value: String(value), fold: false } },
  present: (slot) => ({ kind: 'not', of: { kind: 'slot', slot, test: { op: 'absent' } } }),
  keepsOrder: true,
}

export const ref = (name: string): AttributeRef => {
  const [top = name, sub] = name.split('.')
  return {
    extension: undefined,
    attribute: attribute(top),
    sub: sub === undefined ? undefined : attribute(sub),
    name,
  }
}

export const slot = (key: string, at: SlotPlace, many = false): Slot => ({ key, many, at })
export const field = (name: string, table?: string): Slot =>
  slot(table === undefined ? name : `${table}.${name}`, { kind: 'field', table, field: name })

export const leaf = (name: string, at: Slot): Leaf => ({
  ref: ref(name),
  carrier: { kind: 'slot', slot: at, codec: text },
  access: 'readWrite',
  copies: [],
  onCreate: undefined,
})
export const single = (name: string, at: Slot): AttributeMapping => ({
  kind: 'single',
  of: ref(name),
  leaves: [leaf(name, at)],
})
export const rowsOf = (name: string, rows: RowsSource, leaves: readonly Leaf[]): AttributeMapping => ({
  kind: 'rows',
  of: ref(name),
  rows,
  leaves,
})
export const referenceOf = (reference: Reference): AttributeMapping => ({
  kind: 'reference',
  of: reference.of,
  reference,
})

export const mapping = (
  name: string,
  table: Partial<TableSource> & { readonly name: string; readonly key: readonly string[] },
  attributes: readonly AttributeMapping[],
  more: Partial<ResourceMapping> = {},
): ResourceMapping => ({
  type: {
    name,
    endpoint: `/${name}s`,
    description: name,
    schema: { id: '' as never, name, description: '', attributes: [] },
    extensions: [],
    common: [],
  },
  table: { where: equalTo({}), with: [], ...table },
  entry: undefined,
  id: { prefix: '', fields: table.key, generate: undefined },
  version: { kind: 'none' },
  attributes,
  set: { create: [], write: [] },
  derived: [],
  unique: [],
  onDelete: { kind: 'delete' },
  allow: new Set(['read', 'create', 'update', 'delete', 'members']),
  because: undefined,
  protect: [],
  inbound: [],
  ...more,
})

export const catalog = (types: readonly ResourceMapping[], section: Record<string, Json> = {}): Catalog => ({
  name: 'test',
  profile: 'tolerant',
  quirks: new Set(),
  backend: { kind: 'sql', section: { kind: 'sql', dialect: 'sqlite', file: 'test.db', ...section } },
  types,
  upstreams: [],
})

export const nothing: WriteSet = { fields: [], rows: [], links: [] }
export const decision = (write: Partial<WriteSet>, more: Partial<Decision> = {}): Decision => ({
  write: { ...nothing, ...write },
  unique: [],
  side: undefined,
  ...more,
})
export const set = (at: Slot, value: NativeValue) => ({ slot: at, value })
export const same = (at: Slot, value: string): Predicate => ({
  kind: 'slot',
  slot: at,
  test: { op: 'eq', value: fold(value), fold: true },
})
export const links = (
  reference: Reference,
  add: readonly string[],
  remove: readonly string[] = [],
  only = false,
): LinkDelta => ({
  reference,
  only,
  add: add.map(scimId),
  remove: remove.map(scimId),
})
export const want = (
  slots: readonly Slot[],
  rows: readonly RowsSource[] = [],
  to: readonly Reference[] = [],
): Want => ({
  slots,
  rows,
  links: to,
})

export const folder = (): { readonly path: string; remove(): void } => {
  const path = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'scim-bridge-sql-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** A store over a fresh database file, and a connection of the legacy application beside it. */
export interface Stand {
  readonly store: Store
  readonly legacy: DatabaseSync
  readonly path: string
  query(sql: string): readonly unknown[][]
  run(plan: Plan, options?: Partial<RunOptions>): Promise<Outcome>
  close(): Promise<void>
}

export async function stand(
  schema: string,
  types: readonly ResourceMapping[],
  section: Record<string, Json> = {},
): Promise<Stand> {
  const { path, remove } = folder()
  const legacy = new DatabaseSync(join(path, 'test.db'))
  legacy.exec('PRAGMA foreign_keys = ON')
  legacy.exec(schema)
  const store = await sqlBackend(path).open(catalog(types, section))
  return {
    store,
    legacy,
    path,
    query: (sql) =>
      legacy
        .prepare(sql)
        .all()
        .map((row) => Object.values(row)),
    run: (plan, options = {}) => store.run(store.lower(plan), { signal: new AbortController().signal, ...options }),
    close: async () => {
      await store.close()
      legacy.close()
      remove()
    },
  }
}

export async function record(outcome: Promise<Outcome>): Promise<NativeRecord> {
  const found = await outcome
  if (found.kind === 'records' || found.record === undefined) throw new Error('no record')
  return found.record
}

export async function all(
  outcome: Promise<Outcome>,
): Promise<{ readonly records: NativeRecord[]; readonly total: number | undefined }> {
  const found = await outcome
  if (found.kind !== 'records') throw new Error('no list')
  const records: NativeRecord[] = []
  for await (const one of found.records) records.push(one)
  return { records, total: found.total }
}

export const ids = (records: readonly NativeRecord[]): readonly ScimId[] => records.map((one) => one.id)
