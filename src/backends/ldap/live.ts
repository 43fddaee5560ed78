import { BridgeError } from '../../base/errors.ts'
import { code } from './codes.ts'
import { failed } from './failed.ts'
import type { Entry, Search } from './operation.ts'
import { valuesOf } from './operation.ts'
import type { Abilities, Schema } from './schema.ts'
import { schemaFrom } from './subschema.ts'
import type { Wire } from './wire/wire.ts'

/** What a server says of itself. */
export interface Live {
  readonly schema: Schema
  readonly abilities: Abilities
}

/** Milliseconds for all that is asked at the start. */
export const opening = 30_000

/** The root DSE (RFC 4512 section 5.1) and the subschema that it points at (section 4.4). */
export async function readLive(wire: Wire): Promise<Live> {
  const root = await entryAt(wire, '', [
    'supportedControl',
    'supportedExtension',
    'supportedFeatures',
    'subschemaSubentry',
  ])
  const at = textsOf(root, 'subschemaSubentry')[0] ?? 'cn=Subschema'
  const subschema = await entryAt(wire, at, ['attributeTypes', 'objectClasses'])
  const schema = schemaFrom({
    attributeTypes: textsOf(subschema, 'attributeTypes'),
    objectClasses: textsOf(subschema, 'objectClasses'),
  })
  return { schema, abilities: abilitiesOf(root, schema) }
}

function abilitiesOf(root: Entry, schema: Schema): Abilities {
  const controls = new Set(textsOf(root, 'supportedControl'))
  const extensions = new Set(textsOf(root, 'supportedExtension'))
  const features = new Set(textsOf(root, 'supportedFeatures'))
  const isActiveDirectory = extensions.has('1.2.840.113556.1.4.1781')
  return {
    assertion: controls.has('1.3.6.1.1.12'),
    postRead: controls.has('1.3.6.1.1.13.2'),
    pagedResults: controls.has('1.2.840.113556.1.4.319'),
    valuesReturnFilter: controls.has('1.2.826.0.1.3344810.2.3'),
    increment: features.has('1.3.6.1.1.14'),
    passwordModify: extensions.has('1.3.6.1.4.1.4203.1.11.1'),
    // OpenLDAP knows the rules without telling so; every server that has the attribute below knows them as well
    bitRules: true,
    dnAttribute:
      isActiveDirectory || schema.attribute('entryDN') === undefined
        ? schema.attribute('distinguishedName')?.syntax !== undefined && isActiveDirectory
          ? 'distinguishedName'
          : undefined
        : 'entryDN',
    subordinateRule: false,
  }
}

/** What the standards promise, for whoever explains without a server. */
export const promised: Abilities = {
  assertion: true,
  postRead: true,
  pagedResults: true,
  valuesReturnFilter: true,
  increment: true,
  passwordModify: true,
  bitRules: true,
  dnAttribute: 'entryDN',
  subordinateRule: false,
}

export async function entryAt(wire: Wire, dn: string, attributes: readonly string[]): Promise<Entry> {
  const search: Search = {
    kind: 'search',
    base: dn,
    scope: 'base',
    filter: { kind: 'present', attribute: 'objectClass' },
    attributes,
    binary: new Set(),
  }
  const result = await wire.execute(search, { signal: AbortSignal.timeout(opening) })
  const [entry] = result.entries
  if (result.code !== code.success) throw failed(result, search)
  if (entry === undefined)
    throw new BridgeError(
      'denied',
      'The directory does not show what a bridge has to know of it',
      new Error(`no entry ${dn}`),
    )
  return entry
}

export const textsOf = (entry: Entry, attribute: string): readonly string[] =>
  valuesOf(entry, attribute).flatMap((value) => (typeof value === 'string' ? [value] : []))
