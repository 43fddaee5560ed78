/** Where a string stands: its own name, and that of the object around it. */
export interface Place {
  readonly key: string
  /** The name under which the nearest object around this one stands, through arrays: `meta` of `meta.location`. */
  readonly above: string
}

/** Takes JSON text in parts of any length, and gives back what may be sent on. */
export interface JsonRewriter {
  /** Throws `NotJson` as soon as the text is none. */
  push(part: string): string
  /** Throws `NotJson` when the text is not whole. */
  end(): string
}

export class NotJson extends Error {
  constructor(at: string) {
    super(`not a JSON object: ${at}`)
    this.name = 'NotJson'
  }
}

type Expect = 'value' | 'firstValue' | 'key' | 'firstKey' | 'colon' | 'next' | 'end'
type Token = 'key' | 'chosen' | 'string' | 'literal'

interface Frame {
  readonly kind: '{' | '['
  /** The name that this container stands under. */
  readonly name: string
  key: string
}

const deepest = 200
/** No name or URL of ours is longer; a longer string is let through as it is. */
const longest = 16 * 1024
const plain = /[^"\\\u0000-\u001f]*/y
const blanks = /[ \t\n\r]*/y
const word = /[^\s,\]}]*/y
const literal = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/
const afterBackslash = /["\\/bfnrtu]/

/**
 * Rewrites the strings that `chosen` picks and no other character: numbers, blanks and escapes stay byte for byte, which
 * parsing and printing would not keep. What is held is a token at most, however long the text.
 */
export function rewriteJson(chosen: (place: Place) => boolean, rewrite: (value: string) => string): JsonRewriter {
  const open: Frame[] = []
  let expect: Expect = 'value'
  let token: Token | undefined
  /** The text of a token that began in an earlier part, or has not ended yet. */
  let held = ''
  /** After a backslash: one character, or the digits that are left of `\uXXXX`. */
  let escape = 0

  const close = (): Expect => (open.length === 0 ? 'end' : 'next')
  const placeOf = (): Place | undefined => {
    const frame = open.at(-1)
    return frame?.kind === '{' ? { key: frame.key, above: frame.name } : undefined
  }
  const enter = (kind: '{' | '['): void => {
    if (open.length >= deepest) throw new NotJson('nested too deep')
    const around = open.at(-1)
    open.push({ kind, name: around === undefined ? '' : around.kind === '{' ? around.key : around.name, key: '' })
    expect = kind === '{' ? 'firstKey' : 'firstValue'
  }
  const startString = (): void => {
    const place = placeOf()
    token = place !== undefined && chosen(place) ? 'chosen' : 'string'
  }
  const endString = (): string => {
    const ended = token
    token = undefined
    if (ended === 'key') {
      const frame = open.at(-1)
      if (frame !== undefined) frame.key = held.length > longest ? '' : (JSON.parse(held) as string)
      expect = 'colon'
      return ''
    }
    expect = close()
    if (ended !== 'chosen') return ''
    const value = JSON.parse(held) as string
    const other = rewrite(value)
    return other === value ? held : JSON.stringify(other)
  }
  const endLiteral = (): void => {
    if (!literal.test(held)) throw new NotJson('an unknown word')
    token = undefined
    expect = close()
  }

  function push(part: string): string {
    let out = ''
    let at = 0
    /** Where what has not been sent on begins. */
    let from = 0
    while (at < part.length) {
      if (token === 'literal') {
        word.lastIndex = at
        word.test(part)
        held += part.slice(at, word.lastIndex)
        at = word.lastIndex
        if (held.length > longest) throw new NotJson('a number without end')
        if (at < part.length) endLiteral()
      } else if (token !== undefined) {
        const start = at
        let isOver = false
        if (escape === 1) {
          if (!afterBackslash.test(part.charAt(at))) throw new NotJson('an unknown escape')
          escape = part[at] === 'u' ? 5 : 0
          at++
        } else if (escape > 1) {
          if (!/[0-9a-fA-F]/.test(part.charAt(at))) throw new NotJson('an unknown escape')
          escape = escape === 2 ? 0 : escape - 1
          at++
        } else {
          plain.lastIndex = at
          plain.test(part)
          at = plain.lastIndex
          const char = part[at]
          if (char === '"') isOver = true
          else if (char === '\\') escape = 1
          else if (char !== undefined) throw new NotJson('a control character in a string')
          if (char !== undefined) at++
        }
        if (token !== 'string' && held.length <= longest) held += part.slice(start, at)
        if (token === 'chosen') {
          from = at
          if (isOver) out += endString()
          else if (held.length > longest) {
            out += held
            token = 'string'
          }
        } else if (isOver) endString()
      } else {
        blanks.lastIndex = at
        blanks.test(part)
        at = blanks.lastIndex
        const char = part[at]
        if (char === undefined) break
        const frame = open.at(-1)
        if ((expect === 'firstValue' && char === ']') || (expect === 'firstKey' && char === '}')) {
          open.pop()
          expect = close()
          at++
        } else if (expect === 'value' || expect === 'firstValue') {
          if (frame === undefined && char !== '{') throw new NotJson('no object')
          if (char === '{' || char === '[') {
            enter(char)
            at++
          } else if (char === '"') {
            startString()
            held = char
            if (token === 'chosen') {
              out += part.slice(from, at)
              from = at + 1
            }
            at++
          } else {
            token = 'literal'
            held = ''
          }
        } else if ((expect === 'key' || expect === 'firstKey') && char === '"') {
          token = 'key'
          held = char
          at++
        } else if (expect === 'colon' && char === ':') {
          expect = 'value'
          at++
        } else if (expect === 'next' && char === ',') {
          expect = frame?.kind === '[' ? 'value' : 'key'
          at++
        } else if (expect === 'next' && char === (frame?.kind === '[' ? ']' : '}')) {
          open.pop()
          expect = close()
          at++
        } else throw new NotJson('something out of place')
      }
    }
    return out + part.slice(from)
  }

  return {
    push,
    end: () => {
      if (expect !== 'end' || token !== undefined) throw new NotJson('ended early')
      return ''
    },
  }
}
