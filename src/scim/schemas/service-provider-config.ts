import { urn } from '../../base/brand.ts'
import type { Attribute, Schema } from '../schema.ts'
import { fixed, flag } from './fixed.ts'

const feature = (name: string, description: string, ...more: readonly Attribute[]): Attribute =>
  fixed(name, description, {
    type: 'complex',
    required: true,
    subAttributes: [flag('supported', 'Whether the operation is supported.', { required: true }), ...more],
  })

const count = (name: string, description: string, required = true): Attribute =>
  fixed(name, description, { type: 'integer', required })

const link = (name: string, description: string): Attribute =>
  fixed(name, description, { type: 'reference', referenceTypes: ['external'] })

/** RFC 7643 sections 5 and 8.7.2, with the `type` and `primary` that section 5 has and the representation lacks (erratum 8011). */
export const serviceProviderConfigSchema: Schema = {
  id: urn('urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'),
  name: 'ServiceProviderConfig',
  description: 'What this service provider supports.',
  attributes: [
    link('documentationUri', 'URL of the documentation for people.'),
    feature('patch', 'PATCH.'),
    feature(
      'bulk',
      'Bulk requests.',
      count('maxOperations', 'Most operations in one request.'),
      count('maxPayloadSize', 'Most bytes of one request.'),
    ),
    feature('filter', 'Filters.', count('maxResults', 'Most resources in one answer.')),
    feature('changePassword', 'Setting a password.'),
    feature('sort', 'Sorting.'),
    feature('etag', 'Versions of resources.'),
    fixed('pagination', 'Paging of lists (RFC 9865 section 4).', {
      type: 'complex',
      subAttributes: [
        flag('cursor', 'Whether a list goes on behind a cursor.', { required: true }),
        flag('index', 'Whether a list goes on at an index.', { required: true }),
        fixed('defaultPaginationMethod', 'How a list goes on when a client says nothing.', {
          canonicalValues: ['cursor', 'index'],
        }),
        count('defaultPageSize', 'Resources in a page when a client says nothing.', false),
        count('maxPageSize', 'Most resources in a page.', false),
        count('cursorTimeout', 'Seconds that a cursor is good for.', false),
      ],
    }),
    fixed('authenticationSchemes', 'How clients prove who they are.', {
      type: 'complex',
      multiValued: true,
      required: true,
      subAttributes: [
        fixed('type', 'Kind of the scheme.', {
          required: true,
          canonicalValues: ['oauth', 'oauth2', 'oauthbearertoken', 'httpbasic', 'httpdigest'],
        }),
        fixed('name', 'Name of the scheme.', { required: true }),
        fixed('description', 'What the scheme is.', { required: true }),
        link('specUri', 'URL of the specification.'),
        link('documentationUri', 'URL of the documentation for people.'),
        flag('primary', 'Whether the scheme is the preferred one.'),
      ],
    }),
  ],
}
