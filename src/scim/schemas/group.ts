import { urn } from '../../base/brand.ts'
import { attribute } from '../schema.ts'
import type { Schema } from '../schema.ts'

/** RFC 7643 sections 4.2 and 8.7.1. */
export const groupSchema: Schema = {
  id: urn('urn:ietf:params:scim:schemas:core:2.0:Group'),
  name: 'Group',
  description: 'A set of users and groups.',
  attributes: [
    attribute('displayName', {
      description: 'Name of the group; unique without regard to case.',
      // RFC 7643 section 4.2: "REQUIRED". Clients match groups by it, so it must not be there twice.
      required: true,
      uniqueness: 'server',
    }),
    attribute('members', {
      type: 'complex',
      multiValued: true,
      description: 'Members of the group.',
      subAttributes: [
        // an `id`, so case exact as `id` is (RFC 7643 section 3.1)
        attribute('value', { description: 'Id of the member.', caseExact: true, mutability: 'immutable' }),
        attribute('$ref', {
          type: 'reference',
          description: 'URI of the member.',
          mutability: 'immutable',
          referenceTypes: ['User', 'Group'],
        }),
        // RFC 7643 section 8.4 shows it; it is the name of the member, kept there
        attribute('display', { description: 'Name of the member, for display only.', mutability: 'readOnly' }),
        attribute('type', {
          description: 'Resource type of the member.',
          mutability: 'immutable',
          canonicalValues: ['User', 'Group'],
        }),
      ],
    }),
  ],
}
