import { isInner } from './inner-statements.ts'
import { betweenPlaceholders, literalsIn, textOf, valueOf } from './placeholders.ts'
import type { Logged, LogReader } from './watch-statements.ts'

/** `261123  4:47:02⇥     4 Query⇥SELECT 1`; the time only when it differs from that of the line before. */
const head =
  /^(?:\d{6} [ \d]\d:\d\d:\d\d|\t)\t *(\d+) (Connect|Change user|Init DB|Query|Prepare|Execute|Close stmt|Reset stmt|Long Data|Fetch|Quit|Ping|Statistics|Field List|Processlist|Kill|Set option|Reset connection)\t/gm

/** `app@127.0.0.1 on name using TCP/IP`, and without the last two words in the line of `Change user`. */
const arrival = /^(\S+)@\S* (?:as anonymous )?on (\S*)/

interface Session {
  user: string
  database: string
  /** Of every prepared text, what stands between its placeholders; the latest last. */
  readonly prepared: Map<string, readonly string[]>
}

/**
 * The general log of MariaDB. What a client prepares is logged with its placeholders, once; what it executes is logged
 * with the values written in, and without a word of which statement it was. So every session's prepared texts are kept,
 * from its first moment on, and the one that fits gives the placeholders and the values back. What a trigger does is
 * logged like a query of the client; it is known by its text.
 */
export function mariadbLog(user: string, database: string): LogReader {
  const sessions = new Map<number, Session>()
  const sessionOf = (id: number): Session => {
    const known = sessions.get(id) ?? { user: '', database: '', prepared: new Map() }
    sessions.set(id, known)
    return known
  }

  const read = (id: number, command: string, argument: string, inner: readonly string[]): Logged | undefined => {
    const session = sessionOf(id)
    switch (command) {
      case 'Connect':
      case 'Change user': {
        // ids begin anew when the server does
        const [, who = '', where = ''] = arrival.exec(argument) ?? []
        sessions.set(id, { user: who, database: where, prepared: new Map() })
        return undefined
      }
      case 'Init DB':
        session.database = argument
        return undefined
      case 'Prepare':
        session.prepared.delete(argument)
        session.prepared.set(argument, betweenPlaceholders(argument))
        return undefined
      case 'Query':
      case 'Execute':
        if (session.user !== user || session.database !== database) return undefined
        if (command === 'Query' && isInner(textOf(argument) ?? argument, inner)) return undefined
        return { connection: id, ...(command === 'Query' ? plain(argument) : executed(session, argument)) }
      default:
        return undefined
    }
  }

  return (bytes, inner) => {
    const heads = [...bytes.matchAll(head)]
    return heads.flatMap((one, i) => {
      const [all, id = '', command = ''] = one
      const argument = bytes.slice(one.index + all.length, heads[i + 1]?.index ?? bytes.length)
      return read(Number(id), command, argument.replace(/\n$/, ''), inner) ?? []
    })
  }
}

const plain = (text: string): Pick<Logged, 'text' | 'params'> => ({ text: textOf(text) ?? text, params: [] })

function executed(session: Session, argument: string): Pick<Logged, 'text' | 'params'> {
  for (const [text, between] of [...session.prepared].reverse()) {
    const literals = literalsIn(between, argument)
    if (literals) return { text: textOf(text) ?? text, params: literals.map(valueOf) }
  }
  return { text: textOf(argument) ?? argument, params: undefined }
}
