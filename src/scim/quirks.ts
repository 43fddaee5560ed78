import type { Json } from '../base/json.ts'

/**
 * Deviations of real clients that the bridge understands. Each is on under `tolerant`, off under `strict`, and has
 * in its entry the wire request that proves it is needed. The parsers ask `has(name)`; nothing else depends on a client.
 */
export type QuirkName =
  | 'capitalisedOp'
  | 'stringBoolean'
  | 'pathlessDottedKey'
  | 'pathlessFilterKey'
  | 'removeByValueList'
  | 'createMissingElement'
  | 'bareFilterValue'
  | 'stringManager'
  | 'emptyMeansAbsent'
  | 'foreignSchemas'
  | 'objectForArray'
  | 'bareMemberValue'
  | 'attributesMinusExcluded'
  | 'capitalisedKeys'
  | 'scalarInArray'
  | 'bareExtensionName'
  | 'filteredAttributeName'

export type Quirks = ReadonlySet<QuirkName>

/** Provisioning clients with a profile of their own. */
export const clients = [
  'entra',
  'okta',
  'onelogin',
  'authentik',
  'ping',
  'jumpcloud',
  'keycloak',
  'sailpoint',
  'cyberark',
  'rippling',
  'google',
  'oracle',
  'ibm',
] as const
export type Client = (typeof clients)[number]

/** A deviation with its proof. */
export interface Quirk {
  readonly name: QuirkName
  readonly clients: readonly Client[]
  /** The request that shows it; `{id}` stands for the id of a user. */
  readonly wire: { readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH'; readonly path: string; readonly body?: Json }
  /** What the client means by it, and where it is on record. */
  readonly why: string
}

const patch = (...operations: readonly Json[]): Json => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: operations,
})
const user = 'urn:ietf:params:scim:schemas:core:2.0:User'
const group = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

export const quirks: readonly Quirk[] = [
  {
    name: 'capitalisedOp',
    clients: ['entra'],
    wire: {
      method: 'PATCH',
      path: '/Users/{id}',
      body: patch({ op: 'Replace', path: 'displayName', value: 'New Name' }),
    },
    why: 'Entra writes Add, Replace and Remove without the aadOptscim062020 flag (learn.microsoft.com, SCIM provisioning tutorial).',
  },
  {
    name: 'stringBoolean',
    clients: ['entra', 'onelogin', 'keycloak'],
    wire: { method: 'PATCH', path: '/Users/{id}', body: patch({ op: 'replace', path: 'active', value: 'False' }) },
    why: 'Entra disables a user with the string "False" (rancher/rancher#54025); as JavaScript truth it would enable them. OneLogin fills "{$user.active}" into its template in quotes, and mitodl/keycloak-scim patches active as text (UserAdapter.java).',
  },
  {
    name: 'pathlessDottedKey',
    clients: ['entra'],
    wire: {
      method: 'PATCH',
      path: '/Users/{id}',
      body: patch({ op: 'replace', value: { displayName: 'Al Doe', 'name.givenName': 'Al' } }),
    },
    why: 'Entra with the aadOptscim062020 flag collects single-valued changes in one path-less operation (limosa-io/laravel-scim-server#34).',
  },
  {
    name: 'pathlessFilterKey',
    clients: ['entra'],
    wire: {
      method: 'PATCH',
      path: '/Users/{id}',
      body: patch({ op: 'replace', value: { 'emails[type eq "work"].value': 'al@example.com' } }),
    },
    why: 'The same collection with the target of a mapping that selects an element. No public capture is known; ignoring the key would lose the change silently.',
  },
  {
    name: 'removeByValueList',
    clients: ['entra', 'jumpcloud', 'authentik', 'onelogin'],
    wire: {
      method: 'PATCH',
      path: '/Groups/{id}',
      body: patch({ op: 'remove', path: 'members', value: [{ value: '{id}' }] }),
    },
    why: 'Only the members listed are meant; RFC 7644 section 3.5.2.2 would remove all (wso2/product-is#5333, thomaspoignant/scim-patch#453).',
  },
  {
    name: 'createMissingElement',
    clients: ['entra', 'keycloak'],
    wire: {
      method: 'PATCH',
      path: '/Users/{id}',
      body: patch({ op: 'replace', path: 'phoneNumbers[type eq "mobile"].value', value: '+1 555 0100' }),
    },
    why: 'Entra sets an element that is not there yet this way; RFC 7644 section 3.5.2.3 says noTarget (Captain-P-Goldfish/scim-for-keycloak#73). So does Termindiego25/keycloak-scim-outbound with emails[primary eq true].value (ScimMapper.java).',
  },
  {
    name: 'bareFilterValue',
    clients: ['authentik', 'entra'],
    wire: { method: 'GET', path: '/Users?filter=userName+eq+alice' },
    why: 'authentik looks a user up without quotes after a 409 (goauthentik/authentik#16455); one sample of Entra prints it, too.',
  },
  {
    name: 'stringManager',
    clients: ['entra'],
    wire: {
      method: 'PATCH',
      path: '/Users/{id}',
      body: patch({ op: 'add', path: `${enterprise}:manager`, value: '{id}' }),
    },
    why: 'Entra sends the id of the manager as a bare string (Captain-P-Goldfish/SCIM-SDK#686, apache/directory-scimple#1242).',
  },
  {
    name: 'emptyMeansAbsent',
    clients: ['entra', 'okta', 'onelogin', 'keycloak'],
    wire: { method: 'PATCH', path: '/Users/{id}', body: patch({ op: 'replace', path: 'title', value: '' }) },
    why: 'The Null_Update test of Entra and "Push Empty Values" of Okta clear an attribute with an empty string (AzureAD/SCIMReferenceCode). Termindiego25/keycloak-scim-outbound sends one for every name and address that a user has not (ScimMapper.java).',
  },
  {
    name: 'foreignSchemas',
    clients: ['onelogin', 'entra'],
    wire: {
      method: 'POST',
      path: '/Users',
      body: { schemas: ['urn:scim:schemas:core:2.0', 'urn:scim:schemas:extension:enterprise:2.0'], userName: 'alice' },
    },
    why: 'OneLogin sends URNs of no SCIM version (goauthentik/authentik#11249); its JSON template may be edited to anything or nothing.',
  },
  {
    name: 'objectForArray',
    clients: ['onelogin'],
    wire: {
      method: 'POST',
      path: '/Users',
      body: { schemas: [user], userName: 'alice', emails: { value: 'alice@example.com', type: 'work' } },
    },
    why: 'OneLogin sends the only email as an object (a comment in the source of 15five/django-scim2).',
  },
  {
    name: 'bareMemberValue',
    clients: ['entra'],
    wire: {
      method: 'POST',
      path: '/Groups',
      body: { schemas: [group], displayName: 'Team', members: ['{id}'] },
    },
    why: 'The collection of requests for testing that comes with AzureAD/SCIMReferenceCode writes members as strings.',
  },
  {
    name: 'attributesMinusExcluded',
    clients: ['entra'],
    wire: { method: 'GET', path: '/Groups?attributes=id,members&excludedAttributes=members' },
    why: 'Entra checks a membership with attributes=id and excludedAttributes=members in one request (learn.microsoft.com, SCIM provisioning tutorial).',
  },
  {
    name: 'capitalisedKeys',
    clients: ['entra'],
    wire: { method: 'PATCH', path: '/Users/{id}', body: patch({ op: 'replace', path: 'title', Value: 'Chief' }) },
    why: 'The documentation of Entra prints Value as well as value; attribute names know no case (RFC 7643 section 2.1), the members of an operation need not.',
  },
  {
    name: 'scalarInArray',
    clients: ['entra'],
    wire: {
      method: 'PATCH',
      path: '/Users/{id}',
      body: patch({ op: 'replace', path: 'displayName', value: [{ $ref: null, value: 'Wrapped' }] }),
    },
    why: 'Older jobs of Entra wrap every single value (Azure/AzureAD-BYOA-Provisioning-Samples#22).',
  },
  {
    name: 'bareExtensionName',
    clients: ['entra'],
    wire: {
      method: 'PATCH',
      path: '/Users/{id}',
      body: patch({ op: 'add', path: 'manager', value: { value: '{id}' } }),
    },
    why: 'The documentation of Entra changes the manager by its short path, without the URN of the extension (learn.microsoft.com, SCIM provisioning tutorial).',
  },
  {
    name: 'filteredAttributeName',
    clients: ['entra'],
    wire: { method: 'GET', path: '/Users?attributes=name%5BfamilyName+eq+%22L%22%5D' },
    why: 'The collection of requests for testing that comes with AzureAD/SCIMReferenceCode asks for emails[type eq "work"] in "attributes" and expects the addresses; the names of RFC 7644 section 3.9 have no filter.',
  },
]

/** `tolerant` understands every deviation, `strict` none, the name of a client its own; undefined: no such profile. */
export function quirksOf(profile: string): Quirks | undefined {
  if (profile === 'tolerant') return new Set(quirks.map(({ name }) => name))
  if (profile === 'strict') return new Set()
  const client = clients.find((name) => name === profile)
  if (client === undefined) return undefined
  return new Set(quirks.filter((quirk) => quirk.clients.includes(client)).map(({ name }) => name))
}

export const profiles: readonly string[] = ['tolerant', 'strict', ...clients]
