import type { BerReader } from 'ldapts'
import type { Value } from '../filter.ts'
import type { Entry } from '../operation.ts'
import { bytesIn, each, enter, textIn } from './reader.ts'

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A SearchResultEntry (RFC 4511 section 4.5.2), its own tag read already. */
export function entryOf(reader: BerReader, binary: ReadonlySet<string>): Entry {
  const dn = textIn(reader)
  const values = new Map<string, readonly Value[]>()
  for (const { name, held } of each(reader, enter(reader, 0x30), attribute)) {
    const isBinary = binary.has(name) || binary.has(name.replace(/;binary$/, '')) || binary.has(`${name};binary`)
    // an attribute without a value is one whose values are hidden from us, all of them: it is not there
    if (held.length > 0) values.set(name, [...(values.get(name) ?? []), ...held.map((one) => valueOf(one, isBinary))])
  }
  return { dn, values }
}

function attribute(reader: BerReader): { readonly name: string; readonly held: readonly Buffer[] } {
  enter(reader, 0x30)
  return { name: textIn(reader).toLowerCase(), held: each(reader, enter(reader, 0x31), (one) => bytesIn(one)) }
}

/** Text where it is UTF-8. Bytes are copied: they would keep alive the whole chunk of the stream that they came in. */
function valueOf(bytes: Uint8Array, isBinary: boolean): Value {
  if (isBinary) return Uint8Array.from(bytes)
  try {
    return strict.decode(bytes)
  } catch {
    return Uint8Array.from(bytes)
  }
}
