/** What pages took, in milliseconds. */
export interface Figures {
  readonly pages: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

const round = (value: number): number => Math.round(value * 100) / 100

export function figuresOf(took: readonly number[]): Figures {
  const sorted = took.toSorted((a, b) => a - b)
  const at = (part: number): number => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0)
  return {
    pages: took.length,
    seconds: round(took.reduce((sum, one) => sum + one, 0) / 1000),
    p50: at(0.5),
    p99: at(0.99),
    max: at(1),
  }
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return round(sorted[Math.floor(sorted.length / 2)] ?? 0)
}

/** Rows of words and numbers as a table in text. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? String(round(cell)) : cell)))
  const widths = (texts[0] ?? []).map((_, i) => Math.max(...texts.map((row) => (row[i] ?? '').length)))
  return texts.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')).join('\n')
}
