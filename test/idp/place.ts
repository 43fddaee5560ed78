import type { Json } from '../../src/base/json.ts'
import { isArray, isObject } from '../../src/base/json.ts'
import { enterpriseSchema } from '../wire/people.ts'

/**
 * What stands at a place of an answer: `name.familyName`, `Resources[0].id`, `emails[type=work].value`,
 * `members.length`, `@ent.department` for the enterprise extension, `$` for everything.
 */
export function at(place: string, root: Json | undefined): Json | undefined {
  if (place === '$') return root
  return stepsOf(place).reduce<Json | undefined>(enter, root)
}

type Way =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'where'; readonly key: string; readonly is: string }

function stepsOf(place: string): readonly Way[] {
  const ways: Way[] = []
  for (const [piece, , selector, key] of place.matchAll(/(\[([^\]]*)\])|([^.[\]]+)/g)) {
    if (selector === undefined) ways.push({ kind: 'key', key: key === '@ent' ? enterpriseSchema : String(key) })
    else if (/^\d+$/.test(selector)) ways.push({ kind: 'index', index: Number(selector) })
    else {
      const equals = selector.indexOf('=')
      if (equals < 1) throw new Error(`cannot read ${piece} in ${place}`)
      ways.push({ kind: 'where', key: selector.slice(0, equals), is: selector.slice(equals + 1) })
    }
  }
  return ways
}

function enter(value: Json | undefined, way: Way): Json | undefined {
  switch (way.kind) {
    case 'key':
      if (isArray(value)) return way.key === 'length' ? value.length : undefined
      return isObject(value) && Object.hasOwn(value, way.key) ? value[way.key] : undefined
    case 'index':
      return isArray(value) ? value[way.index] : undefined
    case 'where':
      return isArray(value) ? value.find((item) => isObject(item) && String(item[way.key]) === way.is) : undefined
  }
}
