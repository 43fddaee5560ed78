import { urn } from '../../base/brand.ts'
import type { Attribute, Schema } from '../schema.ts'
import { fixed, flag } from './fixed.ts'

const types = ['string', 'complex', 'boolean', 'decimal', 'integer', 'dateTime', 'binary', 'reference']

const word = (name: string, description: string, differs: Partial<Omit<Attribute, 'name'>> = {}): Attribute =>
  fixed(name, description, { caseExact: true, ...differs })

const characteristics: readonly Attribute[] = [
  word('name', 'Name of the attribute.', { required: true }),
  fixed('type', 'Data type of the attribute.', { required: true, canonicalValues: types }),
  flag('multiValued', 'Whether the attribute has several values.', { required: true }),
  word('description', 'What the attribute is.'),
  flag('required', 'Whether a resource must have the attribute.'),
  word('canonicalValues', 'Values that are usual.', { multiValued: true }),
  flag('caseExact', 'Whether case matters in comparisons.'),
  word('mutability', 'Who may change the attribute.', {
    canonicalValues: ['readOnly', 'readWrite', 'immutable', 'writeOnly'],
  }),
  word('returned', 'When the attribute is shown.', { canonicalValues: ['always', 'never', 'default', 'request'] }),
  word('uniqueness', 'Among which resources the value is unique.', { canonicalValues: ['none', 'server', 'global'] }),
  word('referenceTypes', 'What a reference may point at.', { multiValued: true }),
]

/** RFC 7643 sections 7 and 8.7.2. It alone has complex attributes inside a complex one: it describes such. */
export const schemaSchema: Schema = {
  id: urn('urn:ietf:params:scim:schemas:core:2.0:Schema'),
  name: 'Schema',
  description: 'The attributes of a schema.',
  attributes: [
    fixed('id', 'URN of the schema.', { required: true }),
    fixed('name', 'Name of the schema.', { required: true }),
    fixed('description', 'What the schema is for.'),
    fixed('attributes', 'Attributes of the schema.', {
      type: 'complex',
      multiValued: true,
      required: true,
      subAttributes: [
        ...characteristics,
        fixed('subAttributes', 'Parts of a complex attribute.', {
          type: 'complex',
          multiValued: true,
          subAttributes: characteristics,
        }),
      ],
    }),
  ],
}
