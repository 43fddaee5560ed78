import { BridgeError } from '../base/errors.ts'
import type { Json } from '../base/json.ts'
import { isObject } from '../base/json.ts'
import type { AttributeMapping, Element } from '../mapping/catalog.ts'
import { fold } from '../scim/compare.ts'

type ElementsMapping = Extract<AttributeMapping, { kind: 'elements' }>

/** What happens to an element that no slot of the mapping carries. */
export type Uncarried = 'drop' | 'refuse'

/**
 * Gives every element of a multi-valued attribute the slots it fits: by its constants, else, when it names no type,
 * the default ones. The answer is parallel to `carrier.elements`.
 */
export function fitElements(
  carrier: ElementsMapping,
  values: readonly Json[],
  uncarried: Uncarried,
): readonly (readonly Json[])[] {
  const fitted: Json[][] = carrier.elements.map(() => [])
  for (const value of values) {
    const index = placeOf(carrier, value, fitted)
    if (index >= 0) fitted[index]?.push(value)
    else if (uncarried === 'refuse') throw notCarried(carrier, value)
  }
  return fitted
}

function placeOf(carrier: ElementsMapping, value: Json, taken: readonly (readonly Json[])[]): number {
  const free = (element: Element, index: number): boolean => isMany(element) || taken[index]?.length === 0
  const candidates = carrier.elements
    .map((element, index) => ({ element, index, fit: fitOf(element, value) }))
    .filter((c) => c.fit > 0 && free(c.element, c.index))
    .sort((a, b) => b.fit - a.fit)
  return candidates[0]?.index ?? -1
}

export const isMany = (element: Element): boolean =>
  element.leaves.some((leaf) => leaf.carrier.kind === 'slot' && leaf.carrier.slot.many)

/** 0: does not fit. `primary` only decides between slots that fit otherwise: clients send it or leave it out. */
function fitOf(element: Element, value: Json): number {
  const given = isObject(value) ? value : {}
  const constants = Object.entries(element.fixed).filter(([name]) => name !== 'primary')
  const primary = element.fixed['primary'] === true && given['primary'] === true ? 1 : 0
  if (constants.length === 0) return 2 + primary
  if (constants.every(([name, constant]) => sameWord(given[name], constant))) return 4 + primary
  const unnamed = constants.every(([name]) => given[name] === undefined)
  return unnamed && element.isDefault ? 1 + primary : 0
}

const sameWord = (a: Json | undefined, b: Json): boolean =>
  typeof a === 'string' && typeof b === 'string' ? fold(a) === fold(b) : a === b

function notCarried(carrier: ElementsMapping, value: Json): BridgeError {
  const types = carrier.elements.flatMap((e) => (typeof e.fixed['type'] === 'string' ? [e.fixed['type']] : []))
  const named = isObject(value) && typeof value['type'] === 'string' ? ` of type '${value['type'].slice(0, 40)}'` : ''
  return new BridgeError(
    'invalidValue',
    `${carrier.of.name}: this application has no place for a value${named}; it carries ${
      types.length > 0 ? [...new Set(types)].map((t) => `'${t}'`).join(', ') : 'one value'
    }`,
  )
}
