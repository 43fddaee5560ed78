import { urn } from '../../base/brand.ts'
import { attribute } from '../schema.ts'
import type { Schema } from '../schema.ts'
import { multiValued, primary } from './multi-valued.ts'

/** RFC 7643 sections 4.1 and 8.7.1. */
export const userSchema: Schema = {
  id: urn('urn:ietf:params:scim:schemas:core:2.0:User'),
  name: 'User',
  // as RFC 7643 has it: the requests that Microsoft offers for testing look for it
  description: 'User Account',
  attributes: [
    attribute('userName', {
      description: 'Name by which the user signs in; unique without regard to case.',
      required: true,
      uniqueness: 'server',
    }),
    attribute('name', {
      type: 'complex',
      description: 'The parts of the name of the user.',
      subAttributes: [
        attribute('formatted', { description: 'Full name as it is to be displayed.' }),
        attribute('familyName', { description: 'Family name, or last name.' }),
        attribute('givenName', { description: 'Given name, or first name.' }),
        attribute('middleName', { description: 'Middle names.' }),
        attribute('honorificPrefix', { description: 'Title before the name, such as "Ms.".' }),
        attribute('honorificSuffix', { description: 'Suffix after the name, such as "III".' }),
      ],
    }),
    attribute('displayName', { description: 'Name of the user as shown to others.' }),
    attribute('nickName', { description: 'Casual name of the user.' }),
    attribute('profileUrl', {
      type: 'reference',
      description: 'URL of a page about the user.',
      referenceTypes: ['external'],
    }),
    attribute('title', { description: 'Job title.' }),
    attribute('userType', { description: 'Relation to the organisation, such as "Employee" or "Contractor".' }),
    attribute('preferredLanguage', { description: 'Preferred languages, as in the Accept-Language header.' }),
    attribute('locale', { description: 'Default location for formats, such as "en-US".' }),
    attribute('timezone', { description: 'Time zone in IANA form, such as "America/Los_Angeles".' }),
    attribute('active', { type: 'boolean', description: 'Whether the account may be used.' }),
    attribute('password', {
      description: 'Clear-text password to be set; never shown.',
      mutability: 'writeOnly',
      returned: 'never',
    }),
    multiValued('emails', 'Email addresses.', { description: 'Email address (RFC 5321).' }, ['work', 'home', 'other']),
    multiValued('phoneNumbers', 'Telephone numbers.', { description: 'Telephone number, preferably as in RFC 3966.' }, [
      'work',
      'home',
      'mobile',
      'fax',
      'pager',
      'other',
    ]),
    multiValued('ims', 'Instant messaging addresses.', { description: 'Instant messaging address.' }, [
      'aim',
      'gtalk',
      'icq',
      'xmpp',
      'msn',
      'skype',
      'qq',
      'yahoo',
      'other',
    ]),
    multiValued(
      'photos',
      'Photos of the user.',
      { type: 'reference', description: 'URL of an image.', referenceTypes: ['external'] },
      ['photo', 'thumbnail'],
    ),
    attribute('addresses', {
      type: 'complex',
      multiValued: true,
      description: 'Postal addresses.',
      subAttributes: [
        attribute('formatted', { description: 'Whole address as printed on a label; may have line breaks.' }),
        attribute('streetAddress', { description: 'Street, house number, post box; may have line breaks.' }),
        attribute('locality', { description: 'City or locality.' }),
        attribute('region', { description: 'State or region.' }),
        attribute('postalCode', { description: 'Postal code.' }),
        attribute('country', { description: 'Country, ISO 3166-1 alpha-2.' }),
        attribute('type', {
          description: 'What the address is used for.',
          canonicalValues: ['work', 'home', 'other'],
        }),
        primary,
      ],
    }),
    attribute('groups', {
      type: 'complex',
      multiValued: true,
      description: 'Groups the user belongs to; changed through the groups.',
      mutability: 'readOnly',
      subAttributes: [
        // an `id`, so case exact as `id` is (RFC 7643 section 3.1)
        attribute('value', { description: 'Id of the group.', caseExact: true, mutability: 'readOnly' }),
        attribute('$ref', {
          type: 'reference',
          description: 'URI of the group.',
          mutability: 'readOnly',
          referenceTypes: ['User', 'Group'],
        }),
        attribute('display', { description: 'Name of the group, for display only.', mutability: 'readOnly' }),
        attribute('type', {
          description: 'Whether the user is a member itself or through another group.',
          mutability: 'readOnly',
          canonicalValues: ['direct', 'indirect'],
        }),
      ],
    }),
    multiValued('entitlements', 'Things the user is entitled to.', { description: 'Name of the entitlement.' }),
    multiValued('roles', 'Roles of the user.', { description: 'Name of the role.' }),
    multiValued('x509Certificates', 'Certificates of the user.', {
      type: 'binary',
      description: 'DER certificate in base64.',
    }),
  ],
}
