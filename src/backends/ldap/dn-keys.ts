import { dnKey } from '../../mapping/dn/dn-key.ts'
import { parseDn } from '../../mapping/dn/parse-dn.ts'
import type { Schema } from './schema.ts'

/** The key of a DN in whatever spelling; undefined when the text is none. */
export type DnKeys = (text: string) => string | undefined

/** One RDN with nothing in it that is escaped or squeezed, and what it lies below. */
const usual =
  /^([A-Za-z][A-Za-z0-9-]*)=([!$%&'()*./0-9:?@A-Z[\]^_`a-z{|}~-]+(?: [!$%&'()*./0-9:?@A-Z[\]^_`a-z{|}~-]+)*),(.*)$/s
const capacity = 1000

/**
 * `dnKey` for a hundred thousand members of one group: nearly all of them lie below the same entry, whose key is made
 * once, and their own name is plain.
 */
export function dnKeys(schema: Schema): DnKeys {
  const parents = new Map<string, string | undefined>()
  const attributes = new Map<string, ((value: string) => string) | undefined>()
  const whole: DnKeys = (text) => {
    const dn = parseDn(text)
    return dn === undefined ? undefined : dnKey(dn, schema)
  }
  const keep = <V>(kept: Map<string, V>, key: string, make: () => V): V => {
    if (kept.has(key)) return kept.get(key) as V
    if (kept.size >= capacity) kept.clear()
    const value = make()
    kept.set(key, value)
    return value
  }
  /** How values of an attribute become part of a key, where that is by case alone. */
  const folding = (attribute: string) => {
    const key = (value: string): string => dnKey([[{ attribute, value }]], schema)
    const name = key('a').slice(0, -1)
    if (key('A-z0') === `${name}a-z0`) return (value: string) => name + value.toLowerCase()
    return key('A-z0') === `${name}A-z0` ? (value: string) => name + value : undefined
  }
  return (text) => {
    const [, attribute, value, parent] = usual.exec(text) ?? []
    if (attribute === undefined || value === undefined || parent === undefined) return whole(text)
    const own = keep(attributes, attribute, () => folding(attribute))
    const above = keep(parents, parent, () => whole(parent))
    if (own === undefined || above === undefined || above === '') return whole(text)
    return `${own(value)},${above}`
  }
}
