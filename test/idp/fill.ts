import type { Json } from '../../src/base/json.ts'
import { isObject } from '../../src/base/json.ts'

export type Variables = ReadonlyMap<string, Json>

/** How a value is written where it stands: `{{userName|upper|plus}}`. */
const writings: Readonly<Record<string, (text: string) => string>> = {
  enc: encodeURIComponent,
  plus: (text) => encodeURIComponent(text).replaceAll('%20', '+'),
  upper: (text) => text.toUpperCase(),
  lower: (text) => text.toLowerCase(),
  esc: (text) => JSON.stringify(text).slice(1, -1),
}

/** Text with its `{{name}}` and `{{name|writing}}` filled in. */
export const fillText = (text: string, variables: Variables): string =>
  text.replace(/\{\{([^{}|]+)((?:\|\w+)*)\}\}/g, (whole, name: string, tail: string) => {
    const value = variables.get(name)
    if (value === undefined) throw new Error(`nothing is known as ${whole}`)
    let written = typeof value === 'string' ? value : JSON.stringify(value)
    for (const writing of tail.split('|').slice(1)) {
      const write = writings[writing]
      if (write === undefined) throw new Error(`no writing '${writing}' in ${whole}`)
      written = write(written)
    }
    return written
  })

/**
 * A JSON value with its placeholders filled in; a string that is one placeholder takes the value with its type, and the
 * members of the object behind `...` become those of the object around it.
 */
export function fill(value: Json, variables: Variables): Json {
  if (typeof value === 'string') {
    const alone = /^\{\{([^{}|]+)\}\}$/.exec(value)?.[1]
    return (alone === undefined ? undefined : variables.get(alone)) ?? fillText(value, variables)
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item: Json) => fill(item, variables))
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]): readonly (readonly [string, Json])[] => {
      const filled = fill(item as Json, variables)
      return key === '...' && isObject(filled) ? Object.entries(filled) : [[fillText(key, variables), filled]]
    }),
  )
}
