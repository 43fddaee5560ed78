const quote = 0x22
const backslash = 0x5c
const [openArray, closeArray, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d]

/** Longer than the name that is looked for, so that no other is taken for it. */
const longest = 16

/**
 * Counts the operations of a bulk request while its bytes arrive: the objects in the array `Operations` of the outermost
 * object. Needs no valid JSON, and may count too few where a name is written with escapes: what has been parsed is
 * counted again.
 */
export function operationCount(): (chunk: Uint8Array) => number {
  let count = 0
  let depth = 0
  let inString = false
  let isEscaped = false
  let text = ''
  let inOperations = false
  return (chunk) => {
    for (const code of chunk) {
      if (inString) {
        if (isEscaped) isEscaped = false
        else if (code === backslash) isEscaped = true
        else if (code === quote) inString = false
        else if (depth === 1 && text.length < longest) text += String.fromCharCode(code)
      } else if (code === quote) {
        inString = true
        if (depth === 1) text = ''
      } else if (code === openArray || code === openObject) {
        if (depth === 1) inOperations = code === openArray && text.toLowerCase() === 'operations'
        if (depth === 2 && inOperations && code === openObject) count++
        depth++
      } else if (code === closeArray || code === closeObject) {
        depth--
      }
    }
    return count
  }
}
