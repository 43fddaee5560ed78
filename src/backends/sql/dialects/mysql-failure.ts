import type { Failure } from '../dialect.ts'

type Meaning = readonly [reason: Failure['reason'], why?: Failure['why'], repeat?: Failure['repeat']]

const of = (meaning: Meaning, ...codes: readonly number[]): readonly (readonly [number, Meaning])[] =>
  codes.map((code) => [code, meaning])

/**
 * Error numbers of https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html and
 * https://mariadb.com/kb/en/mariadb-error-code-reference/. Above 1900 both servers have numbers of their own.
 */
const meanings: ReadonlyMap<number, Meaning> = new Map([
  ...of(['conflict', 'unique'], 1022, 1062, 1169, 1557, 1586, 1761, 1859),
  ...of(['constraint', 'notNull'], 1048, 1121, 1263, 1364),
  ...of(['constraint', 'foreignKey'], 1216, 1217, 1451, 1452),
  ...of(['constraint', 'check'], 1369, 1644, 3819, 4025),
  // a column that the database computes
  ...of(['constraint', 'other'], 1906, 3105),
  // too long, out of range, another character set, no date, no word of the enumeration, no JSON
  ...of(['invalidValue', 'value'], 1264, 1265, 1292, 1300, 1366, 1406, 1411, 1525, 1690, 3140, 3854, 3988, 4078),
  ...of(['limit'], 1114, 1118, 1153, 1301, 1390, 1436, 1461, 3170),
  ...of(['busy', 'other', 'transaction'], 1020, 1213, 1412, 1613, 1614, 1615, 3058, 3101),
  ...of(['busy'], 1040, 1203, 1205, 1226, 3572),
  ...of(['timeout'], 1317, 1907, 1969, 3024),
  // views that cannot be written
  ...of(['denied'], 1288, 1348, 1393, 1394, 1395, 1471),
  ...of(['denied'], 1044, 1142, 1143, 1227, 1370, 1419, 1792, 4151),
  // a server that has become a replica, or whose disk or tablespace is gone
  ...of(['unavailable'], 1021, 1030, 1045, 1049, 1129, 1130, 1290, 1698, 1836, 1874, 3118, 3168),
  ...of(['unavailable', 'other', 'connection'], 1053, 1077, 1079, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 3169, 4031),
])

/** Errors of the connection itself, by the word of the driver or of the system. */
const lost =
  /^(?:PROTOCOL_\w+|ECONNRESET|ECONNREFUSED|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|ENOTFOUND|EAI_AGAIN|ERR_STREAM_\w+|ERR_SOCKET_\w+)$/

interface NativeError {
  readonly errno?: unknown
  readonly code?: unknown
  readonly sqlState?: unknown
  readonly fatal?: unknown
  readonly sqlMessage?: unknown
  readonly sql?: unknown
}

export function failure(error: unknown): Failure | undefined {
  if (!(error instanceof Error)) return undefined
  const { errno, code, fatal, sqlMessage, sqlState, sql } = error as NativeError
  // numbers of the system are negative and come with an error of a socket
  if (typeof errno === 'number' && errno > 0 && typeof sqlMessage === 'string') {
    const [reason, why = 'other', repeat] =
      meanings.get(errno) ?? (isRaised(sqlState) ? ['constraint', 'check'] : ['internal'])
    return { reason, why, table: tableIn(sql), ...placeIn(why, sqlMessage), repeat }
  }
  if ((typeof code === 'string' && lost.test(code)) || fatal === true)
    return { reason: 'unavailable', why: 'other', table: undefined, columns: [], repeat: 'connection' }
  return undefined
}

/** A trigger of the application has said SIGNAL: the servers themselves use none of these classes for a statement. */
const isRaised = (state: unknown): boolean =>
  typeof state === 'string' && /^(?!0[08AKZ]|2[0-9BDF]|3[35D]|4[0247]|70|HY|XA|XE)[0-9A-Z]{5}$/.test(state)

/** The table that a statement of ours writes, as the mapping names it. */
function tableIn(text: unknown): string | undefined {
  const [, name] = /^(?:INSERT INTO|UPDATE) ((?:`(?:[^`]|``)+`\.)?`(?:[^`]|``)+`)/.exec(String(text)) ?? []
  return name?.slice(1, -1).replaceAll('`.`', '.').replaceAll('``', '`')
}

/** What the message names. MySQL says `person.uq_login` where MariaDB says `uq_login`. */
function placeIn(why: Failure['why'], message: string): Pick<Failure, 'columns' | 'constraint'> {
  switch (why) {
    case 'unique': {
      const [, key] = /for key '(.+)'$/s.exec(message) ?? []
      return key === undefined ? { columns: [] } : { columns: [], constraint: key.split('.').at(-1) ?? key }
    }
    case 'notNull':
      return { columns: named(/^(?:Column|Field) '(.+?)'/s.exec(message)) }
    case 'value':
      return {
        columns: named(/for column (?:`(?:[^`]|``)*`\.`(?:[^`]|``)*`\.)?['`]([^'`]+)['`] at row/s.exec(message)),
      }
    default:
      return { columns: [] }
  }
}

const named = (match: RegExpExecArray | null): readonly string[] => (match?.[1] === undefined ? [] : [match[1]])
