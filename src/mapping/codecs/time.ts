import { compareInstants, parseInstant, printInstant } from '../../scim/instant.ts'
import type { Instant } from '../../scim/instant.ts'
import type { Attribute } from '../../scim/schema.ts'
import type { SlotTest } from '../predicate.ts'
import type { NativeScalar } from '../slot.ts'
import { invalid, nativeNumber, nativeText, textOf } from './made.ts'
import type { MadeCodec } from './made.ts'
import { absent, allOf, anyOf, not, nothing, oneOf, test } from './tests.ts'
import { timeForm } from './time-form.ts'
import { zone } from './zone.ts'

export interface TimeSpec {
  readonly form: string
  readonly zone?: string | undefined
  /** Native words that mean "no value": 0, '', '0000-00-00'. The first is written for it when NULL is not among them. */
  readonly none?: readonly NativeScalar[] | undefined
}

/** Instants: xsd:dateTime in UTC for SCIM, any of many forms for the legacy system. */
export function time(attribute: Attribute, spec: TimeSpec): MadeCodec {
  const form = timeForm(spec.form, zone(spec.zone ?? 'UTC'))
  const isNumber = typeof form.print({ seconds: 0, fraction: '' }) !== 'string'
  const nones = (spec.none ?? []).flatMap((none) => (none === null ? [] : inForm(none, isNumber)))
  const isNone = (native: NativeScalar) => nones.some((none) => String(none) === nativeText(native))

  return {
    name: 'time',
    decode(native) {
      if (native === null || isNone(native)) return undefined
      const instant = form.parse(native)
      return instant !== undefined && shows(instant) ? printInstant(instant) : undefined
    },
    encode(value) {
      const instant = parseInstant(textOf(value, attribute.name))
      if (instant === undefined) throw invalid(`${attribute.name} must be a date and time such as 2026-01-31T12:00:00Z`)
      const native = form.print(form.keep(instant))
      if (isNone(native)) throw invalid(`${attribute.name}: this moment means "no value" to the store`)
      return native
    },
    none: spec.none === undefined || spec.none.includes(null) ? null : (nones[0] ?? null),
    compare(op, value, slot) {
      const instant = typeof value === 'string' ? parseInstant(value) : undefined
      if (instant === undefined || op === 'ne' || op === 'co' || op === 'sw' || op === 'ew') return undefined
      // a directory knows the spellings of its own syntax
      const isMoment = spec.form === 'generalized' && slot.at.kind === 'field'
      if (!form.isExact && !isMoment) return undefined
      const kept = form.keep(instant)
      const isWhole = compareInstants(kept, instant) === 0
      const native = form.print(kept)
      if (op === 'eq') {
        if (!isWhole || isNone(native)) return nothing
        if (isMoment) return test(slot, { op: 'moment', is: op, value: String(native) })
        // in the hour that a zone lives twice one native value stands for two instants
        const back = form.parse(native)
        const isOne = back !== undefined && compareInstants(back, instant) === 0
        return isOne ? test(slot, { op, value: native, fold: false }) : undefined
      }
      if (!form.isOrdered && !isMoment) return undefined
      // between two steps: at or above the moment means above the step before it
      const crossed = isWhole ? op : op === 'gt' || op === 'ge' ? 'gt' : 'le'
      const compared: SlotTest = isMoment
        ? { op: 'moment', is: crossed, value: String(native) }
        : { op: crossed, value: native, fold: false }
      return allOf(test(slot, compared), not(oneOf(slot, nones)))
    },
    present: (slot) => not(anyOf(absent(slot), oneOf(slot, nones))),
    keepsOrder: form.isOrdered && nones.length === 0,
    samples: ['2026-01-31T00:00:00Z', '1999-12-31T00:00:00Z'].flatMap((text) => {
      const instant = parseInstant(text)
      return instant === undefined ? [] : [printInstant(form.keep(instant))]
    }),
  }
}

/** Four digits of year are all that an xsd:dateTime has here. */
const shows = (instant: Instant): boolean => instant.seconds >= -62_167_219_200 && instant.seconds <= 253_402_300_799

/** A word for "no value" as the column holds it, so that a number is never compared with text. */
function inForm(none: NativeScalar, isNumber: boolean): readonly NativeScalar[] {
  if (!isNumber) return [String(none)]
  const n = nativeNumber(none)
  return n === undefined ? [] : [n]
}
