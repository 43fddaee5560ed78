import type { Json } from '../../base/json.ts'
import { fold } from '../../scim/compare.ts'
import type { CompareOp, Literal } from '../../scim/filter.ts'
import { matchesValue } from '../../scim/compare-values.ts'
import type { Attribute } from '../../scim/schema.ts'
import type { Predicate } from '../predicate.ts'
import type { NativeScalar, Slot } from '../slot.ts'
import { invalid, kindOf, nativeText, wrong } from './made.ts'
import type { MadeCodec } from './made.ts'
import { absent, anyOf, not, oneOf } from './tests.ts'

export interface ValueTable {
  readonly words: readonly (readonly [native: NativeScalar, scim: Json])[]
  readonly otherwise?: Json | undefined
  /** What NULL means; `otherwise` when left out. */
  readonly absent?: Json | undefined
  /** What is written for a SCIM value that several native words stand for. */
  readonly write?: readonly (readonly [scim: string, native: () => NativeScalar])[] | undefined
}

/** A table of native words and what they mean. */
export function values(table: ValueTable, attribute: Attribute): MadeCodec {
  // NULL is no word: `absent` says what it means
  const words = table.words.filter(([native]) => native !== null)
  const meaning = new Map(words.map(([native, scim]) => [nativeText(native), scim]))
  const whenAbsent = table.absent ?? table.otherwise
  const prepared = (value: Json) => (attribute.caseExact ? String(value) : fold(String(value)))
  const written = new Map<string, (() => NativeScalar) | 'several'>()
  for (const [native, scim] of table.words) {
    const key = prepared(scim)
    written.set(key, written.has(key) ? 'several' : () => native)
  }
  // a table that says what NULL means, and no word for it, writes NULL
  if (table.absent !== undefined && !written.has(prepared(table.absent)))
    written.set(prepared(table.absent), () => null)
  for (const [scim, native] of table.write ?? []) written.set(prepared(scim), native)
  const images = distinct([
    ...table.words.map(([, scim]) => scim),
    ...(table.otherwise === undefined ? [] : [table.otherwise]),
    ...(table.absent === undefined ? [] : [table.absent]),
  ])

  const kind = kindOf(attribute)
  for (const image of images)
    if (typeof image !== kind)
      throw wrong(`${attribute.name} is a ${attribute.type}, and ${JSON.stringify(image)} is none`)

  function decode(native: NativeScalar): Json | undefined {
    if (native === null) return whenAbsent
    const key = nativeText(native)
    if (meaning.has(key)) return meaning.get(key)
    // a driver may give a flag column as true/false where the table says 1/0
    if (typeof native === 'boolean' && meaning.has(native ? '1' : '0')) return meaning.get(native ? '1' : '0')
    return table.otherwise
  }

  /** The native values whose meaning satisfies a test. */
  function selecting(slot: Slot, satisfies: (value: Json) => boolean): Predicate {
    const whenNull = whenAbsent !== undefined && satisfies(whenAbsent)
    const inside = words.filter(([, scim]) => satisfies(scim)).map(([native]) => native)
    if (table.otherwise === undefined || !satisfies(table.otherwise))
      return anyOf(oneOf(slot, inside), ...(whenNull ? [absent(slot)] : []))
    const outside = words.filter(([, scim]) => !satisfies(scim)).map(([native]) => native)
    return not(anyOf(oneOf(slot, outside), ...(whenNull ? [] : [absent(slot)])))
  }

  return {
    name: 'values',
    decode,
    encode(value) {
      const word = written.get(prepared(value))
      if (word === 'several')
        throw invalid(`several native words stand for ${JSON.stringify(value)}: "write" must say which`)
      if (word === undefined) {
        const isKnown = images.some((image) => prepared(image) === prepared(value))
        if (isKnown) throw invalid(`no native word is stated for ${JSON.stringify(value)}`)
        throw invalid(`${attribute.name} must be one of ${images.map((i) => JSON.stringify(i)).join(', ')}`)
      }
      return word()
    },
    none: null,
    compare: (op: CompareOp, value: Exclude<Literal, null>, slot: Slot) =>
      op === 'ne' ? undefined : selecting(slot, matchesValue(attribute, op, value)),
    present: (slot) => selecting(slot, () => true),
    keepsOrder: false,
    samples: images,
  }
}

const distinct = (of: readonly Json[]): readonly Json[] => [...new Set(of)]
