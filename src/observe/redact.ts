/**
 * The last line of defence of the log. Observations carry no secrets to begin with; this catches what a driver or a
 * runtime error may have put into a message.
 */
const secrets: readonly (readonly [pattern: RegExp, by: string])[] = [
  // "Authorization: Bearer x", "Basic dXNlcjpwYXNz" and the like
  [/\b(Bearer|Basic|Digest|Negotiate)\s+[\w\-.~+/]{4,}=*/gi, '$1 [redacted]'],
  // JSON Web Tokens, wherever they stand
  [/\beyJ[\w-]{5,}\.[\w-]*(?:\.[\w-]*)?/g, '[redacted]'],
  // password=x, "password": "x", client_secret: x
  [
    /("?\b\w{0,40}(?:passw(?:or)?d|pwd|secret|token|api[_-]?key)\w{0,40}"?\s*[=:]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s,;&)}\]]+)/gi,
    '$1[redacted]',
  ],
  // scheme://user:password@host
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]*):[^\s/@]*@/gi, '$1:[redacted]@'],
]

export const redact = (text: string): string => secrets.reduce((all, [pattern, by]) => all.replace(pattern, by), text)

/**
 * A message of a driver or of the runtime without what it quotes: that may be a stored value, a filter value or a piece
 * of a body. From the first quote to the last, of whatever kind, since values hold quotes themselves. What is left is redacted, too.
 */
export const withoutValues = (message: string): string =>
  redact(message.replace(/["'`][^]*["'`]/, '"…"').replace(/\)=\([^]*\)/, ')=(…)')).slice(0, 500)
