/** Reads along what a client asks its server to do. */
export interface Overheard {
  /** The text of each statement whose execution these bytes ask for. */
  client(bytes: Buffer): readonly string[]
  server(bytes: Buffer): void
}

export type Protocol = 'mysql' | 'postgres' | 'ldap' | 'lines'

export function overhear(protocol: Protocol): Overheard {
  switch (protocol) {
    case 'mysql':
      return mysql()
    case 'postgres':
      return postgres()
    case 'ldap':
      return ldap()
    case 'lines':
      return { client: (bytes) => bytes.toString('latin1').split('\n'), server: () => undefined }
  }
}

/** Cuts a stream into messages; `sizeOf` says how long the one is that starts here, undefined: not enough bytes yet. */
function messages(sizeOf: (bytes: Buffer) => number | undefined): (bytes: Buffer) => readonly Buffer[] {
  let rest = Buffer.alloc(0)
  return (bytes) => {
    rest = rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([rest, bytes])
    const whole: Buffer[] = []
    for (let size = sizeOf(rest); size !== undefined && size <= rest.length; size = sizeOf(rest)) {
      whole.push(rest.subarray(0, size))
      rest = rest.subarray(size)
    }
    return whole
  }
}

/**
 * Packets of https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html: three bytes of length, a number, the
 * command. A prepared statement is known by the number that the server gives it in its answer.
 */
function mysql(): Overheard {
  const cut = messages((bytes) => (bytes.length < 4 ? undefined : 4 + bytes.readUIntLE(0, 3)))
  const prepared = new Map<number, string>()
  let preparing: string | undefined
  return {
    client: (bytes) =>
      cut(bytes).flatMap((packet) => {
        // a command opens an exchange; packets with a higher number belong to the handshake or to long data
        if (packet[3] !== 0) return []
        const text = packet.toString('latin1', 5)
        switch (packet[4]) {
          case 0x03: // COM_QUERY
            return [text]
          case 0x16: // COM_STMT_PREPARE
            preparing = text
            return []
          case 0x17: // COM_STMT_EXECUTE
            return [prepared.get(packet.readUInt32LE(5)) ?? '']
          default:
            return []
        }
      }),
    server: (bytes) => {
      if (preparing === undefined) return
      if (bytes.length >= 9 && bytes[4] === 0) prepared.set(bytes.readUInt32LE(5), preparing)
      preparing = undefined
    },
  }
}

const sslRequest = 80877103

/** Messages of https://www.postgresql.org/docs/current/protocol-message-formats.html; the first one has no type. */
function postgres(): Overheard {
  let started = false
  const cut = messages((bytes) => {
    const head = started ? 1 : 0
    if (bytes.length < head + 4) return undefined
    const size = head + bytes.readInt32BE(head)
    // a client that asks for TLS first and is refused starts afterwards
    if (size <= bytes.length && !(size === 8 && bytes.readInt32BE(4) === sslRequest)) started = true
    return size
  })
  const statements = new Map<string, string>()
  const portals = new Map<string, string>()
  return {
    client: (bytes) =>
      cut(bytes).flatMap((message) => {
        const [first = '', second = ''] = message.toString('latin1', 5).split('\0')
        switch (String.fromCharCode(message[0] ?? 0)) {
          case 'Q':
            return [first]
          case 'P': // Parse: name, text
            statements.set(first, second)
            return []
          case 'B': // Bind: portal, name
            portals.set(first, statements.get(second) ?? '')
            return []
          case 'E': // Execute: portal
            return [portals.get(first) ?? '']
          default:
            return []
        }
      }),
    server: () => undefined,
  }
}

const operations: Readonly<Record<number, string>> = {
  0x4a: 'delete',
  0x60: 'bind',
  0x63: 'search',
  0x66: 'modify',
  0x68: 'add',
  0x6c: 'rename',
  0x77: 'extended',
}

/** Messages of RFC 4511 section 4.1.1: a sequence of the number and the operation, which its tag tells. */
function ldap(): Overheard {
  const lengthAt = (bytes: Buffer, at: number): { readonly head: number; readonly size: number } | undefined => {
    const first = bytes[at]
    if (first === undefined) return undefined
    if (first < 0x80) return { head: 1, size: first }
    const count = first & 0x7f
    return bytes.length < at + 1 + count ? undefined : { head: 1 + count, size: bytes.readUIntBE(at + 1, count) }
  }
  const cut = messages((bytes) => {
    const length = lengthAt(bytes, 1)
    return length && 1 + length.head + length.size
  })
  return {
    client: (bytes) =>
      cut(bytes).flatMap((message) => {
        const start = 1 + (lengthAt(message, 1)?.head ?? 0)
        const at = start + 2 + (message[start + 1] ?? 0)
        const name = operations[message[at] ?? 0]
        return name === undefined ? [] : [`${name} ${message.toString('latin1', at + 1)}`]
      }),
    server: () => undefined,
  }
}
