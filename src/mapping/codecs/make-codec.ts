import { never } from '../../base/errors.ts'
import type { Attribute } from '../../scim/schema.ts'
import type { CodecBlock, CodecFile } from '../file-codec.ts'
import { plainScalar } from '../load.ts'
import type { NativeScalar } from '../slot.ts'
import { suggest } from '../suggest.ts'
import { affix } from './affix.ts'
import { binary } from './binary.ts'
import { bit } from './bit.ts'
import { boolean } from './boolean.ts'
import { canonical } from './canonical.ts'
import { chain } from './chain.ts'
import { guid } from './guid.ts'
import type { MadeCodec } from './made.ts'
import { wrong } from './made.ts'
import { decimal, integer } from './number.ts'
import type { Standard } from './standard.ts'
import { standardOf } from './standard.ts'
import { password, passwordHashes } from './password.ts'
import { tel } from './tel.ts'
import { text } from './text.ts'
import { time } from './time.ts'
import { values } from './values.ts'

/** Was a key of the codec's table written in quotes? `"0"` is text, `0` a number. */
export type IsQuoted = (path: readonly (string | number)[]) => boolean

const named: Readonly<Record<string, (attribute: Attribute, standard: Standard) => MadeCodec>> = {
  text,
  boolean: (attribute, { yes, no }) => boolean(attribute, [yes], [no]),
  integer,
  decimal,
  base64: binary,
  guid: (attribute) => guid(attribute, 'guid'),
  uuid: (attribute) => guid(attribute, 'uuid'),
  lower: (attribute) => canonical(attribute, ['lower']),
  upper: (attribute) => canonical(attribute, ['upper']),
  trim: (attribute) => canonical(attribute, ['trim']),
  ascii: (attribute) => canonical(attribute, ['ascii']),
  tel,
  ...Object.fromEntries(
    ['epoch', 'epochMillis', 'datetime', 'date', 'iso', 'generalized', 'filetime'].map((form) => [
      form,
      (attribute: Attribute) => time(attribute, { form }),
    ]),
  ),
  ...Object.fromEntries(
    passwordHashes.map((scheme) => [scheme, (attribute: Attribute) => password(attribute, scheme)]),
  ),
}

/** A codec out of what the mapping file says; throws BridgeError invalidMapping saying what is wrong with it. */
export function makeCodec(
  spec: CodecFile | undefined,
  attribute: Attribute,
  isQuoted: IsQuoted = () => false,
  standard: Standard = standardOf('sql'),
): MadeCodec {
  if (spec === undefined) return byType(attribute, standard)
  if (typeof spec === 'string') {
    const make = Object.hasOwn(named, spec) ? named[spec] : undefined
    if (make === undefined) throw wrong(`there is no codec "${spec}"${hint(spec)}`)
    return make(attribute, standard)
  }
  if (!Array.isArray(spec)) return fromBlock(spec as CodecBlock, attribute, isQuoted, standard)
  const [first, ...rest] = spec as readonly (string | CodecBlock)[]
  const last = rest.at(-1)
  if (first === undefined) throw wrong('an empty list is no codec')
  if (last === undefined) return makeCodec(first, attribute, (path) => isQuoted([0, ...path]), standard)
  const step = (n: number) => (path: readonly (string | number)[]) => isQuoted([n, ...path])
  const inner = spec.slice(0, -1) as readonly (string | CodecBlock)[]
  const below = (caseExact: boolean) =>
    makeCodec([...inner], { ...attribute, type: 'string', caseExact }, isQuoted, standard)
  const outer = makeCodec(last, attribute, step(spec.length - 1), standard)
  return chain({ exact: below(true), folding: below(false) }, outer)
}

const hint = (word: string): string => {
  const found = suggest(word, Object.keys(named))
  return found === undefined ? `: ${Object.keys(named).join(', ')}` : `, ${found}`
}

/** What an attribute of this type most likely needs. */
function byType(attribute: Attribute, { yes, no, time: form }: Standard): MadeCodec {
  switch (attribute.type) {
    case 'boolean':
      return boolean(attribute, [yes], [no])
    case 'integer':
      return integer(attribute)
    case 'decimal':
      return decimal(attribute)
    case 'dateTime':
      return time(attribute, { form })
    case 'binary':
      return binary(attribute)
    case 'string':
    case 'reference':
    case 'complex':
      return text(attribute)
  }
}

const heads = [
  'values',
  'present',
  'boolean',
  'bit',
  'time',
  'canonical',
  'prefix',
  'suffix',
  'template',
  'password',
] as const
const listOf = (of: NativeScalar | readonly NativeScalar[]): readonly NativeScalar[] =>
  Array.isArray(of) ? (of as readonly NativeScalar[]) : [of as NativeScalar]

function fromBlock(spec: CodecBlock, attribute: Attribute, isQuoted: IsQuoted, standard: Standard): MadeCodec {
  const said = heads.filter((head) => spec[head] !== undefined)
  const affixes = said.every((head) => head === 'prefix' || head === 'suffix')
  if (said.length === 0 && spec.absent === undefined && spec.otherwise === undefined)
    throw wrong(`a codec block needs one of ${heads.join(', ')}`)
  if (said.length > 1 && !affixes) throw wrong(`${said.join(' and ')} are codecs of their own: make a list of them`)
  const written = (write: CodecBlock['write']) =>
    Object.entries(write ?? {}).map(([scim, native]) => [scim, writer(native, attribute, standard)] as const)
  const head = said[0]
  switch (head) {
    case undefined:
    case 'values':
      return values(
        {
          words: Object.entries(spec.values ?? {}).flatMap(([native, scim]) =>
            scim === null
              ? []
              : [[isQuoted(['values', native]) ? native : standard.constant(plainScalar(native)), scim] as const],
          ),
          otherwise: spec.otherwise ?? undefined,
          absent: spec.absent ?? undefined,
          write: written(spec.write),
        },
        attribute,
      )
    case 'present':
      return values(
        {
          words: listOf(spec.none ?? []).flatMap((none) =>
            none === null ? [] : [[standard.constant(none), !spec.present] as const],
          ),
          otherwise: spec.present === true,
          absent: spec.present !== true,
          write: [[String(!spec.present), () => null], ...written(spec.write)],
        },
        attribute,
      )
    case 'boolean': {
      const words = spec.boolean
      if (words === undefined) throw wrong('boolean needs its two words')
      const side = (of: NativeScalar | readonly NativeScalar[]) => listOf(of).map((word) => standard.constant(word))
      if (Array.isArray(words)) return boolean(attribute, side(words[0]), side(words[1]))
      const sides = words as Exclude<typeof words, readonly unknown[]>
      return boolean(attribute, side(sides.true), side(sides.false))
    }
    case 'bit':
      return bit(Number(spec.bit), spec.is)
    case 'time':
      return time(attribute, {
        form: spec.time ?? standard.time,
        zone: spec.zone,
        none: spec.none === undefined ? undefined : listOf(spec.none),
      })
    case 'canonical':
      return canonical(attribute, spec.canonical ?? [])
    case 'prefix':
    case 'suffix':
      return affix(attribute, spec.prefix ?? '', spec.suffix ?? '')
    case 'template': {
      const [before, after, ...more] = (spec.template ?? '').split('{value}')
      if (before === undefined || after === undefined || more.length > 0) throw wrong('a template holds {value} once')
      return affix(attribute, before, after)
    }
    case 'password':
      return password(attribute, spec.password ?? '', spec.iterations)
    default:
      return never(head)
  }
}

/** What is written for a SCIM value: a constant, NULL, or the present moment in some form. */
function writer(
  native: NonNullable<CodecBlock['write']>[string],
  attribute: Attribute,
  standard: Standard,
): () => NativeScalar {
  if (typeof native === 'object' && native !== null) {
    const clock = nowCodec(native.now, undefined, attribute)
    return () => clock.encode(new Date().toISOString())
  }
  return () => (native === 'absent' ? null : standard.constant(native))
}

/** The codec behind `now`. */
const nowCodec = (form: string, zone: string | undefined, attribute: Attribute): MadeCodec =>
  time(attribute, { form, zone })
