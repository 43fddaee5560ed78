import type { ErrorReason } from '../../../base/errors.ts'
import type { Failure } from '../dialect.ts'

/** What the driver says of a connection that failed or was never had, in words of the table below. */
export const connectionLost = '08006'
export const notConnected = '08001'

type Meaning = readonly [ErrorReason, Failure['why'], Failure['repeat']?]

/** SQLSTATE codes of https://www.postgresql.org/docs/current/errcodes-appendix.html. */
const codes: Readonly<Record<string, Meaning>> = {
  '22001': ['invalidValue', 'value'],
  '22003': ['invalidValue', 'value'],
  '22007': ['invalidValue', 'value'],
  '22008': ['invalidValue', 'value'],
  '22021': ['invalidValue', 'value'],
  '22P02': ['invalidValue', 'value'],
  '22P05': ['invalidValue', 'value'],
  '22030': ['invalidValue', 'value'],
  '22032': ['invalidValue', 'value'],
  '23502': ['constraint', 'notNull'],
  '23503': ['constraint', 'foreignKey'],
  '23001': ['constraint', 'foreignKey'],
  '23505': ['conflict', 'unique'],
  '23P01': ['conflict', 'unique'],
  '23514': ['constraint', 'check'],
  '44000': ['constraint', 'check'],
  '428C9': ['constraint', 'other'],
  // raised by the application's own triggers
  P0001: ['constraint', 'check'],
  P0002: ['constraint', 'check'],
  P0003: ['constraint', 'check'],
  P0004: ['constraint', 'check'],
  // a view that cannot be written
  '55000': ['denied', 'other'],
  // a value that is too long for an index
  '54000': ['invalidValue', 'value'],
  '40001': ['busy', 'other', 'transaction'],
  '40P01': ['busy', 'other', 'transaction'],
  '55P03': ['busy', 'other'],
  '57014': ['timeout', 'other'],
  '25P03': ['timeout', 'other'],
  '25P04': ['timeout', 'other'],
  // a standby, after its primary and it have changed roles
  '25006': ['unavailable', 'other'],
  '42501': ['denied', 'other'],
  // the bridge's own account, not the client's
  '28000': ['unavailable', 'other'],
  '28P01': ['unavailable', 'other'],
  '3D000': ['unavailable', 'other'],
  '53300': ['unavailable', 'other', 'connection'],
  '57P01': ['unavailable', 'other', 'connection'],
  '57P02': ['unavailable', 'other', 'connection'],
  '57P03': ['unavailable', 'other', 'connection'],
  '57P05': ['unavailable', 'other', 'connection'],
  [connectionLost]: ['unavailable', 'other', 'connection'],
  [notConnected]: ['unavailable', 'other', 'connection'],
}

/** By the class of a code that is not listed. */
const classes: Readonly<Record<string, Meaning>> = {
  '08': ['unavailable', 'other', 'connection'],
  '22': ['invalidValue', 'value'],
  '23': ['constraint', 'other'],
  '53': ['unavailable', 'other'],
  '54': ['limit', 'other'],
  '57': ['unavailable', 'other'],
  '58': ['unavailable', 'other'],
}

/** The classes that PostgreSQL itself uses: any other is what a trigger of the application says. */
const isOurs = /^(?:0[01238ABFLPZ]|2[0-8BDF]|3[489BDF]|4[024]|5[34578]|72|F0|HV|P0|XX)/

const told = (error: unknown, code: string, routine: string): boolean =>
  error instanceof Error &&
  (error as { readonly code?: unknown }).code === code &&
  (error as { readonly routine?: unknown }).routine === routine

/** A view over groups or several tables, whose rows cannot be locked. */
const isUnlockable = (error: unknown): boolean => told(error, '0A000', 'CheckSelectLocking')

/** A statement was prepared before somebody altered a table. */
export const isStalePlan = (error: unknown): boolean => told(error, '0A000', 'RevalidateCachedQuery')

/** What the driver takes from the server's message. */
type Told = Error & Readonly<Partial<Record<'code' | 'schema' | 'table' | 'column' | 'constraint', unknown>>>

const raised = (code: string): Meaning | undefined =>
  /^[0-9A-Z]{5}$/.test(code) && !isOurs.test(code) ? ['constraint', 'check'] : undefined

const own = (table: Readonly<Record<string, Meaning>>, key: string): Meaning | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

export function failure(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, schema, table, column, constraint } = error as Told
  if (typeof code !== 'string') return undefined
  // what a new connection does not meet again
  const meaning: Meaning | undefined = isStalePlan(error)
    ? ['busy', 'other', 'connection']
    : isUnlockable(error)
      ? ['denied', 'other']
      : (own(codes, code) ?? own(classes, code.slice(0, 2)) ?? raised(code))
  if (meaning === undefined) return { ...nothing, reason: 'internal', why: 'other' }
  const [reason, why, repeat] = meaning
  const name = typeof table !== 'string' ? undefined : typeof schema === 'string' ? `${schema}.${table}` : table
  return {
    reason,
    why,
    table: name,
    columns: typeof column === 'string' ? [column] : [],
    ...(typeof constraint === 'string' ? { constraint } : {}),
    repeat,
  }
}

const nothing = { table: undefined, columns: [], repeat: undefined } as const
