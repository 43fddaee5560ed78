/** One thing that is wrong with a mapping file, where it stands and what would help. */
export interface Problem {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly path: readonly (string | number)[]
  readonly message: string
  readonly hint: string | undefined
  readonly severity: 'error' | 'warning'
}

/** `file:line:column: message (hint)`, as editors and terminals link it. */
export const problemText = (p: Problem): string =>
  `${p.file}:${p.line}:${p.column}: ${p.severity === 'warning' ? 'warning: ' : ''}${p.message}` +
  (p.hint === undefined ? '' : ` (${p.hint})`)

/** Collects problems of one file, so that an integrator sees them all at once. */
export interface Report {
  error(path: readonly (string | number)[], message: string, hint?: string): void
  warning(path: readonly (string | number)[], message: string, hint?: string): void
}
