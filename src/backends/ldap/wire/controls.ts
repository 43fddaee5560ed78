import type { Operation } from '../operation.ts'
import { boolean, integer, octets, sequence } from './ber.ts'
import { encodeFilter } from './filter.ts'

export const controlOid = {
  /** RFC 4528. */
  assertion: '1.3.6.1.1.12',
  /** RFC 4527. */
  postRead: '1.3.6.1.1.13.2',
  /** RFC 3876. */
  matchedValues: '1.2.826.0.1.3344810.2.3',
  /** RFC 2696. */
  pagedResults: '1.2.840.113556.1.4.319',
} as const

/**
 * The controls of an operation. What a wrong answer could come of is critical: a write that is not guarded, an entry
 * with all of its values. The others are not: a server that does not page answers in one piece, and what was not read
 * back is read.
 */
export function controlsOf(operation: Operation): readonly Buffer[] {
  const controls: Buffer[] = []
  if (operation.kind === 'search') {
    const { page, valuesMatching } = operation
    if (page !== undefined)
      controls.push(
        control(controlOid.pagedResults, false, sequence(integer(page.size), octets(page.cookie ?? new Uint8Array()))),
      )
    if (valuesMatching !== undefined)
      controls.push(control(controlOid.matchedValues, true, sequence(...valuesMatching.map(encodeFilter))))
    return controls
  }
  if ('assert' in operation && operation.assert !== undefined)
    controls.push(control(controlOid.assertion, true, encodeFilter(operation.assert)))
  if ('postRead' in operation && operation.postRead !== undefined)
    controls.push(
      control(controlOid.postRead, false, sequence(...operation.postRead.attributes.map((name) => octets(name)))),
    )
  return controls
}

/** RFC 4511 section 4.1.11. */
const control = (oid: string, isCritical: boolean, value: Buffer): Buffer =>
  sequence(octets(oid), ...(isCritical ? [boolean(true)] : []), octets(value))
