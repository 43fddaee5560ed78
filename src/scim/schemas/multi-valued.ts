import { attribute } from '../schema.ts'
import type { Attribute } from '../schema.ts'

/**
 * A multi-valued complex attribute with the default sub-attributes of RFC 7643 section 2.4.
 * `types` are the canonical values of `type`, `value` is what differs from a plain string.
 */
export const multiValued = (
  name: string,
  description: string,
  value: Partial<Omit<Attribute, 'name'>>,
  types: readonly string[] = [],
): Attribute =>
  attribute(name, {
    type: 'complex',
    multiValued: true,
    description,
    subAttributes: [
      attribute('value', value),
      attribute('display', { description: 'Human-readable form, for display only.' }),
      attribute('type', { description: 'What the value is used for.', canonicalValues: types }),
      primary,
    ],
  })

/** At most one element of a list is the primary one (RFC 7643 section 2.4). */
export const primary: Attribute = attribute('primary', {
  type: 'boolean',
  description: 'Marks the preferred value; true at most once.',
})
