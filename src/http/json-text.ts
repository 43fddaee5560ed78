/** How deep arrays and objects nest in a JSON text; stops counting just past `limit`. Needs no valid JSON. */
export function nestingDepth(text: string, limit: number): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === 0x5c) at++
      else if (code === 0x22) inString = false
    } else if (code === 0x22) {
      inString = true
    } else if (code === 0x5b || code === 0x7b) {
      depth++
      if (depth > deepest) deepest = depth
      if (deepest > limit) return deepest
    } else if (code === 0x5d || code === 0x7d) {
      depth--
    }
  }
  return deepest
}

const blank = /[ \t\n\r]*/y
const scalar =
  /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\u0000-\u001f]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\d.eE])|true|false|null/y
const key = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\u0000-\u001f]*)*"/y

type Expect = 'value' | 'firstValue' | 'key' | 'firstKey' | 'colon' | 'next' | 'end'

/**
 * Where a text stops being JSON (RFC 8259), as an offset. V8 gives a position only for some mistakes and quotes the
 * text for the others, which must not reach an answer. Runs only after JSON.parse has refused.
 */
export function jsonErrorOffset(text: string): number {
  const open: ('[' | '{')[] = []
  let at = 0
  let expect: Expect = 'value'
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    if (!pattern.test(text)) return false
    at = pattern.lastIndex
    return true
  }
  const afterValue = (): Expect => (open.length === 0 ? 'end' : 'next')
  for (;;) {
    skip(blank)
    const char = text[at]
    if (char === undefined || expect === 'end') return at
    if ((expect === 'firstValue' && char === ']') || (expect === 'firstKey' && char === '}')) {
      open.pop()
      at++
      expect = afterValue()
    } else if (expect === 'value' || expect === 'firstValue') {
      if (char === '[' || char === '{') {
        open.push(char)
        at++
        expect = char === '[' ? 'firstValue' : 'firstKey'
      } else if (skip(scalar)) expect = afterValue()
      else return at
    } else if (expect === 'key' || expect === 'firstKey') {
      if (!skip(key)) return at
      expect = 'colon'
    } else if (expect === 'colon') {
      if (char !== ':') return at
      at++
      expect = 'value'
    } else if (char === ',') {
      at++
      expect = open.at(-1) === '[' ? 'value' : 'key'
    } else if (char === (open.at(-1) === '[' ? ']' : '}')) {
      open.pop()
      at++
      expect = afterValue()
    } else return at
  }
}
