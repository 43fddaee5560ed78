import { causesOf } from '../../base/causes.ts'
import type { Observe } from '../../base/observation.ts'
import { BridgeError } from '../../base/errors.ts'
import type { Catalog } from '../../mapping/catalog.ts'
import type { Backend, Store } from '../../plan/port.ts'
import { checkMapping } from './checks.ts'
import { ldapConfig } from './config.ts'
import type { Directory } from './directory.ts'
import { commonBaseOf, sourcesOf } from './directory.ts'
import { dnKeys } from './dn-keys.ts'
import { endNames } from './end-names.ts'
import { lists } from './lists.ts'
import { promised, readLive } from './live.ts'
import { checkLive } from './live-checks.ts'
import { probe, reachable, selectsBelow } from './probe.ts'
import type { Abilities, Schema } from './schema.ts'
import { standardSchema } from './standard-schema.ts'
import { ldapStore } from './store.ts'
import { turns } from './turns.ts'
import type { WireHooks } from './wire/wire.ts'
import { openWire } from './wire/open-wire.ts'

/** A backend over an LDAP directory; relative paths of its section start at `base`. */
export const ldapBackend = (base: string): Backend => ({
  kind: 'ldap',
  check: (catalog) => {
    const problems = checkMapping(catalog)
    try {
      ldapConfig(catalog.backend.section, base)
      return problems
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error
      return [{ path: ['backend'], message: error.detail }, ...problems]
    }
  },
  offline: (catalog): Store =>
    ldapStore(directoryOf(catalog, standardSchema, promised, { keep: 0, shared: false }), undefined),
  open: async (catalog, observe = () => undefined) => {
    const config = ldapConfig(catalog.backend.section, base)
    const wire = await openWire(config, hooksOf(catalog.name, observe))
    try {
      const { schema, abilities } = await readLive(wire)
      const directory = directoryOf(catalog, schema, abilities, { keep: config.lists.keep, shared: config.shared })
      const found = [...checkLive(directory, wire.protected), ...(await probe(directory, wire))]
      const errors = found.filter(({ severity }) => severity === 'error')
      if (errors.length > 0) throw new BridgeError('invalidMapping', errors.map(({ message }) => message).join('\n'))
      const advice = found.filter(({ severity }) => severity === 'advice').map(({ message }) => message)
      const commonBase = await reachable(wire, directory.commonBase)
      const tried = { ...abilities, subordinateRule: await selectsBelow(wire, directory) }
      return ldapStore(
        { ...directory, commonBase, abilities: tried },
        { wire, turns: turns(), readOnly: config.readOnly },
        advice,
      )
    } catch (error) {
      await wire.close()
      throw error
    }
  },
})

/** What an operator is told: nothing of it is in the way of a request. */
const hooksOf = (about: string, observe: Observe): WireHooks => ({
  onReferral: (text) =>
    observe({ kind: 'warning', about, detail: `the directory refers to ${text}; referrals are not followed` }),
  onServer: ({ url, state, cause }) =>
    observe({
      kind: 'warning',
      about,
      detail: [`${url} is ${state}`, ...causesOf({ cause })].join(': '),
    }),
})

const directoryOf = (
  catalog: Catalog,
  schema: Schema,
  abilities: Abilities,
  { keep, shared }: { readonly keep: number; readonly shared: boolean },
): Directory => {
  const keyOf = dnKeys(schema)
  const sources = sourcesOf(catalog, keyOf)
  return {
    catalog,
    schema,
    abilities,
    keyOf,
    sources,
    commonBase: commonBaseOf(sources),
    lists: lists(keep),
    endNames: endNames(),
    shared,
  }
}
