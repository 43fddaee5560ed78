import { never } from '../../../base/errors.ts'
import type { AttributeValues, Change, Operation, SearchScope } from '../operation.ts'
import { boolean, enumerated, integer, integerBytes, octets, sequence, setOf, tlv } from './ber.ts'
import { controlsOf } from './controls.ts'
import { encodeFilter } from './filter.ts'

/** A request but for its number, and what has to be known to read its answer. */
export interface Request {
  readonly body: Buffer
  readonly controls: readonly Buffer[]
  /** Attributes whose values come as bytes, in what a search finds and in what a write reads back. */
  readonly binary: ReadonlySet<string>
}

const none: ReadonlySet<string> = new Set()
const scopes: Readonly<Record<SearchScope, number>> = { base: 0, one: 1, sub: 2 }
const changeOps: Readonly<Record<Change['op'], number>> = { add: 0, delete: 1, replace: 2, increment: 3 }

export function requestOf(operation: Operation): Request {
  const binary =
    operation.kind === 'search' ? operation.binary : 'postRead' in operation ? operation.postRead?.binary : undefined
  return { body: bodyOf(operation), controls: controlsOf(operation), binary: binary ?? none }
}

function bodyOf(operation: Operation): Buffer {
  switch (operation.kind) {
    case 'search':
      return tlv(
        0x63,
        octets(operation.base),
        enumerated(scopes[operation.scope]),
        // aliases are entries like others: what was found by its name is written by its name
        enumerated(0),
        integer(operation.sizeLimit ?? 0),
        // no limit of ours in seconds: the caller is answered after the time for an operation, and the search abandoned
        integer(0),
        boolean(false),
        encodeFilter(operation.filter),
        sequence(...operation.attributes.map((name) => octets(name))),
      )
    case 'add':
      return tlv(0x68, octets(operation.dn), sequence(...operation.attributes.map(attribute)))
    case 'modify':
      return tlv(0x66, octets(operation.dn), sequence(...operation.changes.map(change)))
    case 'rename':
      return tlv(
        0x6c,
        octets(operation.dn),
        octets(operation.rdn),
        boolean(true),
        ...(operation.superior === undefined ? [] : [octets(operation.superior, 0x80)]),
      )
    case 'delete':
      return octets(operation.dn, 0x4a)
    case 'password':
      return extended(passwordModify, sequence(octets(operation.dn, 0x80), octets(operation.password, 0x82)))
    default:
      return never(operation)
  }
}

const attribute = ({ attribute: name, values }: AttributeValues): Buffer =>
  sequence(octets(name), setOf(values.map((value) => octets(value))))

const change = (one: Change): Buffer => sequence(enumerated(changeOps[one.op]), attribute(one))

/** RFC 3062. */
const passwordModify = '1.3.6.1.4.1.4203.1.11.1'

function extended(oid: string, value?: Buffer): Buffer {
  return tlv(0x77, octets(oid, 0x80), ...(value === undefined ? [] : [octets(value, 0x81)]))
}

const plain = (body: Buffer): Request => ({ body, controls: [], binary: none })

/** RFC 4511 section 4.14. */
export const startTlsRequest: Request = plain(extended('1.3.6.1.4.1.1466.20037'))

/** Simple authentication (RFC 4511 section 4.2), or SASL EXTERNAL (RFC 4422 appendix A): the transport says who it is. */
export const bindRequest = (as: { readonly dn: string; readonly password: string } | 'external'): Request =>
  plain(
    as === 'external'
      ? tlv(0x60, integer(3), octets(''), tlv(0xa3, octets('EXTERNAL'), octets('')))
      : tlv(0x60, integer(3), octets(as.dn), octets(as.password, 0x80)),
  )

export const abandonRequest = (id: number): Request => plain(tlv(0x50, integerBytes(id)))
export const unbindRequest: Request = plain(tlv(0x42))

/** The message that is sent (RFC 4511 section 4.1.1). */
export const messageOf = (id: number, { body, controls }: Request): Buffer =>
  sequence(integer(id), body, ...(controls.length === 0 ? [] : [tlv(0xa0, ...controls)]))
