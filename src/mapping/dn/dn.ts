import { escapedBytes, printable } from './value.ts'
import type { Value } from './value.ts'

/** A distinguished name as its parts (RFC 4514), the leaf first. The root of the tree is the empty one. */
export type Dn = readonly Rdn[]
export type Rdn = readonly Ava[]

/** One attribute value assertion; bytes where the value is not UTF-8. */
export interface Ava {
  readonly attribute: string
  readonly value: Value
}

/** What would end a value, or a part of it, or be stripped: all of it goes as a hex pair, which nothing can mis-split. */
const special = /^[ #]|[,+"\\<>;=\p{Cc}]| $/gu

export const dnText = (dn: Dn): string => dn.map(rdnText).join(',')

export const rdnText = (rdn: Rdn): string =>
  rdn.map(({ attribute, value }) => `${attribute}=${valueText(value)}`).join('+')

function valueText(value: Value): string {
  const text = printable(value)
  return text === undefined ? escapedBytes(value) : text.replace(special, escapedBytes)
}

export const parentOf = (dn: Dn): Dn => dn.slice(1)
