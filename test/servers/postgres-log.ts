import { textOf } from './placeholders.ts'
import type { Logged, LogReader } from './watch-statements.ts'

/** Columns of https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-CSVLOG */
const column = { user: 1, database: 2, pid: 3, severity: 11, message: 13, detail: 14, query: 19 } as const

/** A row of rows of a portal that was executed before is no statement of its own. */
const said = /^(?:statement|execute (?!fetch from )[^:]*): (.*)$/s

/** The csvlog of PostgreSQL: the text as it was sent, and the values in the detail. */
export function postgresLog(user: string, database: string): LogReader {
  const last = new Map<string, string>()
  return (bytes) =>
    records(bytes).flatMap((fields): Logged | readonly [] => {
      if (fields[column.user] !== user || fields[column.database] !== database) return []
      const pid = fields[column.pid] ?? ''
      if (fields[column.severity] === 'LOG') {
        const text = said.exec(fields[column.message] ?? '')?.[1]
        if (text === undefined) return []
        last.set(pid, text)
        return { connection: Number(pid), text, params: parametersIn(fields[column.detail] ?? '') }
      }
      // what fails while it is parsed or its values are read is logged as an error alone
      const failed = fields[column.query] ?? ''
      if (failed === '' || last.get(pid) === failed) return []
      return { connection: Number(pid), text: failed, params: undefined }
    })
}

/** `parameters: $1 = 'it''s', $2 = NULL`; with a capital letter since PostgreSQL 16. */
function parametersIn(detail: string): readonly (string | null)[] {
  if (!/^parameters: /i.test(detail)) return []
  return [...detail.matchAll(/\$\d+ = (NULL|'(?:[^']|'')*')/g)].map(([, value = 'NULL']) =>
    value === 'NULL' ? null : value.slice(1, -1).replaceAll("''", "'"),
  )
}

/** Lines of comma-separated values, of which any may be quoted and hold line ends. */
function records(bytes: string): readonly (readonly string[])[] {
  const all: string[][] = []
  let fields: string[] = []
  for (const [, quoted, bare = '', end] of bytes.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    const value = quoted?.replaceAll('""', '"') ?? bare
    fields.push(textOf(value) ?? value)
    if (end === '\n') {
      all.push(fields)
      fields = []
    }
  }
  return all
}
