import { urn } from '../../base/brand.ts'
import { attribute } from '../schema.ts'
import type { Schema } from '../schema.ts'

/** RFC 7643 sections 4.3 and 8.7.1. */
export const enterpriseUserSchema: Schema = {
  id: urn('urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'),
  name: 'EnterpriseUser',
  description: 'A user who belongs to an organisation.',
  attributes: [
    attribute('employeeNumber', { description: 'Number or code given by the organisation.' }),
    attribute('costCenter', { description: 'Name of the cost centre.' }),
    attribute('organization', { description: 'Name of the organisation.' }),
    attribute('division', { description: 'Name of the division.' }),
    attribute('department', { description: 'Name of the department.' }),
    attribute('manager', {
      type: 'complex',
      description: 'Manager of the user, another user.',
      subAttributes: [
        // an `id`, so case exact as `id` is (RFC 7643 section 3.1)
        attribute('value', { description: 'Id of the manager.', caseExact: true }),
        attribute('$ref', { type: 'reference', description: 'URI of the manager.', referenceTypes: ['User'] }),
        attribute('displayName', { description: 'Name of the manager, for display only.', mutability: 'readOnly' }),
      ],
    }),
  ],
}
