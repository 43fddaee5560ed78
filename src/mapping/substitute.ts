import type { LoadOptions } from './load.ts'

export interface Substitution {
  readonly text: string
  /** What was put in, in order. */
  readonly pieces: readonly string[]
  readonly problems: readonly { readonly message: string; readonly hint: string }[]
}

/** `${NAME}`, `${NAME:-default}`, `${file:/path}`; `$${` is a literal `${`. What is put in is not read again. */
export function substitute(text: string, options: Pick<LoadOptions, 'env' | 'readFile'>): Substitution {
  const pieces: string[] = []
  const problems: { readonly message: string; readonly hint: string }[] = []
  const put = (piece: string): string => {
    pieces.push(piece)
    return piece
  }
  const fail = (message: string, hint: string): string => {
    problems.push({ message, hint })
    return ''
  }
  const result = text.replace(/\$\$\{|\$\{([^}]*)\}?/g, (whole: string, inner: string | undefined) => {
    if (inner === undefined) return '${'
    if (!whole.endsWith('}')) return fail('"${" without "}"', 'write $${ for a literal "${"')
    if (inner.startsWith('file:')) {
      try {
        return put(options.readFile(inner.slice(5)).replace(/\r?\n$/, ''))
      } catch {
        return fail('the file named by ${file:…} cannot be read', 'check that it exists and may be read')
      }
    }
    const [, name, otherwise] = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s.exec(inner) ?? []
    if (name === undefined) return fail('"${…}" names no variable', 'write ${NAME}, ${NAME:-default} or ${file:/path}')
    // as in a shell, ":-" stands in for an empty variable, too
    const value = Object.hasOwn(options.env, name) ? options.env[name] : undefined
    if (otherwise !== undefined) return put(value === undefined || value === '' ? otherwise : value)
    if (value === undefined) return fail(`the variable ${name} is not set`, `set it, or write \${${name}:-default}`)
    return put(value)
  })
  return { text: result, pieces, problems }
}
