/** An attribute type as its own description says it, nothing inherited (RFC 4512 section 4.1.2). */
export interface AttributeTypeDescription {
  readonly oid: string
  readonly names: readonly string[]
  readonly sup: string | undefined
  readonly syntax: string | undefined
  readonly equality: string | undefined
  readonly ordering: string | undefined
  readonly substr: string | undefined
  readonly singleValue: boolean
  readonly isReadOnly: boolean
  readonly isOperational: boolean
}

/** An object class likewise (RFC 4512 section 4.1.1). */
export interface ObjectClassDescription {
  readonly oid: string
  readonly names: readonly string[]
  readonly sup: readonly string[]
  readonly kind: 'abstract' | 'structural' | 'auxiliary'
  readonly must: readonly string[]
  readonly may: readonly string[]
}

/** What further attributes the entries of a structural class have (RFC 4512 section 4.1.6). */
export interface ContentRuleDescription {
  readonly oid: string
  readonly names: readonly string[]
  readonly aux: readonly string[]
  readonly must: readonly string[]
  readonly may: readonly string[]
}

/** Undefined when the text is no description at all. */
export function parseAttributeType(text: string): AttributeTypeDescription | undefined {
  const said = parseDescription(text)
  if (said === undefined) return undefined
  const { oid, fields } = said
  const one = (keyword: string): string | undefined => fields.get(keyword)?.[0]
  return {
    oid,
    names: fields.get('NAME') ?? [],
    sup: one('SUP'),
    // the length that may follow is a hint (section 4.1.2)
    syntax: one('SYNTAX')?.replace(/\{\d*\}$/, ''),
    equality: one('EQUALITY'),
    ordering: one('ORDERING'),
    substr: one('SUBSTR'),
    singleValue: fields.has('SINGLE-VALUE'),
    isReadOnly: fields.has('NO-USER-MODIFICATION'),
    isOperational: (one('USAGE') ?? 'userApplications') !== 'userApplications',
  }
}

export function parseObjectClass(text: string): ObjectClassDescription | undefined {
  const said = parseDescription(text)
  if (said === undefined) return undefined
  const { oid, fields } = said
  return {
    oid,
    names: fields.get('NAME') ?? [],
    sup: fields.get('SUP') ?? [],
    kind: fields.has('ABSTRACT') ? 'abstract' : fields.has('AUXILIARY') ? 'auxiliary' : 'structural',
    must: fields.get('MUST') ?? [],
    may: fields.get('MAY') ?? [],
  }
}

export function parseContentRule(text: string): ContentRuleDescription | undefined {
  const said = parseDescription(text)
  if (said === undefined) return undefined
  const { oid, fields } = said
  return {
    oid,
    names: fields.get('NAME') ?? [],
    aux: fields.get('AUX') ?? [],
    must: fields.get('MUST') ?? [],
    may: fields.get('MAY') ?? [],
  }
}

interface Description {
  readonly oid: string
  /** By keyword in upper case; what stands alone (SINGLE-VALUE) has no words. */
  readonly fields: ReadonlyMap<string, readonly string[]>
}

interface Token {
  readonly kind: '(' | ')' | '$' | 'word' | 'quoted'
  readonly text: string
}

const flags: ReadonlySet<string> = new Set([
  ...['OBSOLETE', 'SINGLE-VALUE', 'COLLECTIVE', 'NO-USER-MODIFICATION'],
  ...['ABSTRACT', 'STRUCTURAL', 'AUXILIARY'],
])

/**
 * `( oid KEYWORD value ... )`. Servers put in quotes what the grammar has bare and the other way round, leave `$` or
 * spaces out, and add keywords of their own, so a value is what stands there: a word, a quoted one, or a list of either.
 */
function parseDescription(text: string): Description | undefined {
  const [open, first, ...rest] = tokensOf(text)
  if (open?.kind !== '(' || (first?.kind !== 'word' && first?.kind !== 'quoted')) return undefined
  const fields = new Map<string, readonly string[]>()
  let at = 0
  for (;;) {
    const token = rest[at++]
    if (token === undefined || token.kind === ')') return { oid: first.text, fields }
    if (token.kind !== 'word') continue
    const keyword = token.text.toUpperCase()
    const words: string[] = []
    const next = rest[at]
    if (next?.kind === '(') {
      for (at++; at < rest.length && rest[at]?.kind !== ')'; at++) words.push(...wordOf(rest[at]))
      at++
    } else if (next !== undefined && !flags.has(keyword)) {
      words.push(...wordOf(next))
      if (next.kind !== ')') at++
      // `MUST a $ b` without its parentheses
      for (; rest[at]?.kind === '$'; at += 2) words.push(...wordOf(rest[at + 1]))
    }
    if (!fields.has(keyword)) fields.set(keyword, words)
  }
}

const wordOf = (token: Token | undefined): readonly string[] =>
  token?.kind === 'word' || token?.kind === 'quoted' ? [token.text] : []

/** A quote ends a string only where something can follow it: there are texts with a bare apostrophe inside. */
const tokenForm = /\s*(?:([()$])|'((?:[^']|'(?![\s)$']|$))*)'|([^\s()$']+)|')/y

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  tokenForm.lastIndex = 0
  for (;;) {
    const found = tokenForm.exec(text)
    if (found === null) return tokens
    const [, mark, quoted, word] = found
    if (mark !== undefined) tokens.push({ kind: mark as '(', text: mark })
    else if (quoted !== undefined) tokens.push({ kind: 'quoted', text: unescaped(quoted) })
    else if (word !== undefined) tokens.push({ kind: 'word', text: word })
  }
}

/** `\27` and `\5c` are all that a quoted string escapes (RFC 4512 section 1.4). */
const unescaped = (text: string): string =>
  text.replace(/\\(27|5c)/gi, (_, pair: string) => (pair === '27' ? "'" : '\\'))
