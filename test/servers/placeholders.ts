/** What may stand around a question mark that is no placeholder: quoted text, quoted names, remarks. */
const piece = /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`|\/\*.*?\*\/|--[ \t].*?$|#.*?$|\?/gms

const literal = new RegExp(
  [
    'NULL',
    String.raw`(?:TIMESTAMP|DATE|TIME|[xX])?'(?:[^'\\]|\\.|'')*'`,
    String.raw`0x[0-9A-Fa-f]*`,
    String.raw`-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?`,
  ].join('|'),
  'sy',
)

/** The text between the placeholders of a statement for MySQL. */
export function betweenPlaceholders(text: string): readonly string[] {
  const at = [...text.matchAll(piece)].filter(([found]) => found === '?').map(({ index }) => index)
  return [...at, text.length].map((end, i) => text.slice(i === 0 ? 0 : (at[i - 1] ?? 0) + 1, end))
}

/**
 * MariaDB logs an executed statement with its values written into it. Given the text that was prepared, this finds
 * the literals that took the places of `?`; undefined when the one cannot have become the other.
 */
export function literalsIn(between: readonly string[], executed: string): readonly string[] | undefined {
  const found: string[] = []
  let at = 0
  for (const [i, fixed] of between.entries()) {
    if (i > 0) {
      literal.lastIndex = at
      const value = literal.exec(executed)?.[0]
      if (value === undefined) return undefined
      found.push(value)
      at += value.length
    }
    if (!executed.startsWith(fixed, at)) return undefined
    at += fixed.length
  }
  return at === executed.length ? found : undefined
}

const escapes: Readonly<Record<string, string>> = { '0': '\0', n: '\n', r: '\r', t: '\t', b: '\b', Z: '\x1a' }

/** The value of a literal of the log, which is bytes and here one character each. Text that is no UTF-8 stays bytes. */
export function valueOf(written: string): string | number | null | Buffer {
  if (written === 'NULL') return null
  const quote = written.indexOf("'")
  if (quote < 0) return written.startsWith('0x') ? Buffer.from(written.slice(2), 'hex') : Number(written)
  const inner = written.slice(quote + 1, -1)
  if (/^x/i.test(written)) return Buffer.from(inner, 'hex')
  const plain = inner.replace(/\\(.)|''/gs, (_, escaped?: string) =>
    escaped === undefined ? "'" : (escapes[escaped] ?? escaped),
  )
  return textOf(plain) ?? Buffer.from(plain, 'latin1')
}

/** Bytes, read as one character each, as the text they are. */
export function textOf(bytes: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'))
  } catch {
    return undefined
  }
}
