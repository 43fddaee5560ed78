import type { Attribute } from '../../scim/schema.ts'
import type { NativeScalar } from '../slot.ts'
import { parseDateTime, printDateTime } from './instant.ts'
import { invalid, nativeText, textOf } from './made.ts'
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
  const where = zone(spec.zone ?? 'UTC')
  const form = timeForm(spec.form, where)
  const nones = (spec.none ?? []).filter((n) => n !== null)
  const isNone = (native: NativeScalar) => nones.some((n) => String(n) === nativeText(native))
  const nullIsNone = spec.none === undefined || spec.none.includes(null)
  /** Days and the like begin in the zone, so what is cut off is cut off there. */
  const floor = (ms: number) => where.fromLocal(Math.floor(where.toLocal(ms) / form.step) * form.step)

  return {
    name: 'time',
    decode(native) {
      if (native === null || isNone(native)) return undefined
      const ms = form.parse(native)
      return ms === undefined || !Number.isFinite(ms) ? undefined : printDateTime(ms)
    },
    encode(value) {
      const ms = parseDateTime(textOf(value, attribute.name))
      if (ms === undefined) throw invalid(`${attribute.name} must be a date and time such as 2026-01-31T12:00:00Z`)
      const native = form.print(floor(ms))
      if (isNone(native)) throw invalid(`${attribute.name}: this moment means "no value" to the store`)
      return native
    },
    none: nullIsNone ? null : (nones[0] ?? null),
    compare(op, value, slot) {
      const ms = typeof value === 'string' ? parseDateTime(value) : undefined
      if (ms === undefined || !form.isExact || op === 'ne' || op === 'co' || op === 'sw' || op === 'ew')
        return undefined
      const whole = floor(ms)
      const native = form.print(whole)
      if (op === 'eq') {
        if (whole !== ms || isNone(native)) return nothing
        // in the hour that a zone lives twice one native value stands for two instants
        return form.parse(native) === ms ? test(slot, { op, value: native, fold: false }) : undefined
      }
      if (!form.isOrdered) return undefined
      // between two steps: above the lower one means at or above the moment, too
      const step = whole === ms ? op : op === 'gt' || op === 'ge' ? 'gt' : 'le'
      return allOf(test(slot, { op: step, value: native, fold: false }), not(oneOf(slot, nones)))
    },
    present: (slot) => not(anyOf(absent(slot), oneOf(slot, nones))),
    keepsOrder: form.isOrdered && nones.length === 0,
    samples: ['2026-01-31T00:00:00Z', '1999-12-31T00:00:00Z'].map(
      (t) => printDateTime(floor(parseDateTime(t) ?? 0)) ?? t,
    ),
  }
}
