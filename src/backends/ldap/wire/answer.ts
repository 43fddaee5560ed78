import { Ber } from 'ldapts'
import type { BerReader } from 'ldapts'
import type { Entry } from '../operation.ts'
import { controlOid } from './controls.ts'
import { entryOf } from './entry.ts'
import { bytesIn, each, enter, enumeratedIn, integerIn, readerOf, textIn } from './reader.ts'

/** What a server sends in answer to a request, one message at a time. */
export type Answer =
  | { readonly kind: 'entry'; readonly entry: Entry }
  | { readonly kind: 'references'; readonly urls: readonly string[] }
  | { readonly kind: 'done'; readonly done: Done }
  /** Nothing that was asked for: an intermediate response (RFC 4511 section 4.13). */
  | { readonly kind: 'passedOver' }

/** The last message of an answer (RFC 4511 section 4.1.9). */
export interface Done {
  readonly code: number
  readonly message: string
  /** URLs of a referral. */
  readonly urls: readonly string[]
  readonly cookie: Uint8Array | undefined
  readonly read: Entry | undefined
}

const tag = { entry: 0x64, reference: 0x73, intermediate: 0x79, referral: 0xa3, controls: 0xa0 } as const

/** `reader` stands behind the message's number; whatever is malformed throws. */
export function answerOf(reader: BerReader, binary: ReadonlySet<string>): Answer {
  const kind = reader.peek()
  const end = enter(reader)
  switch (kind) {
    case tag.entry:
      return { kind: 'entry', entry: entryOf(reader, binary) }
    case tag.reference:
      return { kind: 'references', urls: each(reader, end, (one) => textIn(one)) }
    case tag.intermediate:
      return { kind: 'passedOver' }
    default:
      return { kind: 'done', done: doneOf(reader, end, binary) }
  }
}

/** Every operation ends with the same fields; what follows them in a bind or an extended response is not needed. */
function doneOf(reader: BerReader, end: number, binary: ReadonlySet<string>): Done {
  const code = enumeratedIn(reader)
  const matched = textIn(reader)
  const message = textIn(reader)
  const urls =
    reader.offset < end && reader.peek() === tag.referral ? each(reader, enter(reader), (one) => textIn(one)) : []
  reader.offset = end
  const controls = controlsIn(reader)
  const page = controls.get(controlOid.pagedResults)
  const read = controls.get(controlOid.postRead)
  return {
    code,
    message: matched === '' ? message : `${message} (${matched} is there)`.trim(),
    urls,
    cookie: page === undefined ? undefined : cookieIn(page),
    read: read === undefined ? undefined : entryIn(read, binary),
  }
}

function controlsIn(reader: BerReader): ReadonlyMap<string, Buffer> {
  if (reader.peek() !== tag.controls) return new Map()
  return new Map(each(reader, enter(reader), control))
}

function control(reader: BerReader): readonly [oid: string, value: Buffer] {
  const end = enter(reader, 0x30)
  const oid = textIn(reader)
  if (reader.offset < end && reader.peek() === Ber.Boolean) reader.readBoolean()
  return [oid, reader.offset < end ? bytesIn(reader) : Buffer.alloc(0)]
}

/** The cookie after the last page is empty. */
function cookieIn(value: Buffer): Uint8Array | undefined {
  const reader = readerOf(value)
  enter(reader, 0x30)
  integerIn(reader)
  const cookie = bytesIn(reader)
  return cookie.length === 0 ? undefined : Uint8Array.from(cookie)
}

function entryIn(value: Buffer, binary: ReadonlySet<string>): Entry {
  const reader = readerOf(value)
  enter(reader)
  return entryOf(reader, binary)
}
