import { Ber, BerReader } from 'ldapts'

/**
 * The reader of ldapts, which answers `null` where bytes are missing and then stays where it is: a loop over what is
 * cut short would never end, and a result code that is not there would be success. Here it throws.
 */
export const readerOf = (bytes: Buffer): BerReader => new BerReader(bytes)

/** Goes into what is constructed; tells where it ends. */
export function enter(reader: BerReader, tag?: number): number {
  if (reader.readSequence(tag) === null) throw short()
  if (reader.length < 0 || reader.length > reader.remain) throw short()
  return reader.offset + reader.length
}

export function bytesIn(reader: BerReader, tag: number = Ber.OctetString): Buffer {
  const bytes = reader.readString(tag, true)
  if (bytes === null) throw short()
  return bytes
}

export const textIn = (reader: BerReader, tag?: number): string => bytesIn(reader, tag).toString('utf8')

export function integerIn(reader: BerReader): number {
  const value = reader.readInt()
  if (value === null) throw short()
  return value
}

export function enumeratedIn(reader: BerReader): number {
  const value = reader.readEnumeration()
  if (value === null) throw short()
  return value
}

/** Every one of what stands there up to `end`. */
export function each<T>(reader: BerReader, end: number, read: (reader: BerReader) => T): readonly T[] {
  const found: T[] = []
  while (reader.offset < end) found.push(read(reader))
  return found
}

const short = (): Error => new Error('a message of the server is cut short')
