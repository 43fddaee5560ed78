/** An operation that the server got, as its log tells it (slapd(8), `-d stats`). */
export type LoggedOperation = Asked & {
  /** The server's own number of the connection. */
  readonly connection: number
  /** The lines of the log without their heads, joined. */
  readonly text: string
}

type Asked =
  | {
      readonly kind: 'search'
      readonly base: string
      readonly scope: 'base' | 'one' | 'sub' | 'subordinate'
      /** As the server prints what it understood: assertion values are normalised, so `(cn=Zo*)` is `(cn=zo*)`. */
      readonly filter: string
      /** A line of the log is 4,095 bytes at most: the rest of the filter is not told. */
      readonly isCut: boolean
      readonly attributes: readonly string[]
    }
  /** One attribute for each change; how it is changed and the values are not told. */
  | { readonly kind: 'modify'; readonly dn: string; readonly attributes: readonly string[] }
  /** Of a rename the new name is not told. */
  | { readonly kind: 'rename' | 'add' | 'delete' | 'bind'; readonly dn: string }
  | { readonly kind: 'compare'; readonly dn: string; readonly attribute: string }
  /** `dn`: the entry whose password is set (RFC 3062). */
  | { readonly kind: 'extended'; readonly oid: string; readonly dn: string | undefined }

// the time and the thread; a line that is too long has no end, and the next one follows in it
const head = /[0-9a-f]{8}\.[0-9a-f]{8} 0x[0-9a-f]+ /
const scopes = ['base', 'one', 'sub', 'subordinate'] as const

interface Lines {
  readonly connection: number
  readonly said: string[]
}

/** What connections that are bound as `account` ask, part by part of the log, which are whole lines. */
export function slapdLog(account: string): (part: string) => readonly LoggedOperation[] {
  const who = account.toLowerCase()
  /** The connections that are bound as `account` by now. */
  const bound = new Set<string>()
  let starts = 0
  return (part) => {
    const operations = new Map<string, Lines>()
    for (const line of part.split(head)) {
      // its connections are counted from the beginning again
      if (line.startsWith('slapd starting')) {
        starts++
        bound.clear()
      }
      const [, connection = '', number, said = ''] = /^conn=(\d+) op=(\d+) (.*)/.exec(line) ?? []
      const bind = /^BIND dn="(.*)" (method|mech)=/.exec(said)
      if (bind !== null) bound.delete(connection)
      const isAccount = bind?.[1]?.toLowerCase() === who
      // slapd says `method` when it is asked and `mech` once it has agreed
      if (isAccount && bind?.[2] === 'mech') bound.add(connection)
      const isAsked = isAccount ? bind?.[2] === 'method' : bound.has(connection)
      if (!isAsked || number === undefined || !asks.test(said)) continue
      const key = `${starts} ${connection} ${number}`
      const lines = operations.get(key) ?? { connection: Number(connection), said: [] }
      lines.said.push(said)
      operations.set(key, lines)
    }
    return [...operations.values()].map(operationOf)
  }
}

const asks = /^(SRCH|MOD|MODRDN|ADD|DEL|CMP|EXT|PASSMOD|BIND) /

function operationOf({ connection, said }: Lines): LoggedOperation {
  const [first = '', ...more] = said
  const word = first.slice(0, first.indexOf(' '))
  const dn = /^\w+ dn="(.*?)"( |$)/.exec(first)?.[1] ?? ''
  const attributes = more.flatMap((line) => /^\w+ attr=(.*)/.exec(line)?.[1]?.split(' ') ?? [])
  const common = { connection, text: said.join(' ') }
  switch (word) {
    case 'SRCH': {
      const [, base = '', scope, filter = ''] = /^SRCH base="(.*)" scope=(\d) deref=\d filter="(.*)$/.exec(first) ?? []
      const isCut = !filter.endsWith('"')
      return {
        ...common,
        kind: 'search',
        base,
        scope: scopes[Number(scope)] ?? 'base',
        filter: isCut ? filter : filter.slice(0, -1),
        isCut,
        attributes,
      }
    }
    case 'MOD':
      return { ...common, kind: 'modify', dn, attributes }
    case 'CMP':
      return { ...common, kind: 'compare', dn, attribute: /attr="(.*)"$/.exec(first)?.[1] ?? '' }
    case 'EXT':
      return {
        ...common,
        kind: 'extended',
        oid: first.slice('EXT oid='.length),
        dn: more.map((line) => /^PASSMOD id="(.*)"/.exec(line)?.[1]).find((id) => id !== undefined),
      }
    case 'MODRDN':
    case 'ADD':
    case 'DEL':
    case 'BIND':
      return { ...common, kind: kinds[word], dn }
    default:
      throw new Error(`the log says of an operation what nobody expects: ${first}`)
  }
}

const kinds = { MODRDN: 'rename', ADD: 'add', DEL: 'delete', BIND: 'bind' } as const
