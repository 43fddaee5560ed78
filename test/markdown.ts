/** A fenced block of a Markdown file. */
export interface Block {
  readonly language: string
  readonly text: string
  /** Of the opening fence, counted from 1. */
  readonly line: number
}

export const blocksOf = (markdown: string): readonly Block[] =>
  [...markdown.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(({ 1: language = '', 2: text = '', index }) => ({
    language,
    text,
    line: markdown.slice(0, index).split('\n').length,
  }))

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** `…` stands for anything. */
export const pattern = (text: string): RegExp => new RegExp(`^${text.split('…').map(escape).join('[^]*?')}$`)

/**
 * Does a JSON value look as it is written? A string `…` is any value, `…` inside of a string any text; as the last
 * element of an array or as the key of a member it stands for whatever else there is.
 */
export function looksLike(written: unknown, value: unknown): boolean {
  if (written === '…') return true
  if (typeof written === 'string') return typeof value === 'string' && pattern(written).test(value)
  if (Array.isArray(written)) {
    const open = written.at(-1) === '…'
    const told: readonly unknown[] = open ? written.slice(0, -1) : written
    return (
      Array.isArray(value) &&
      (open ? value.length >= told.length : value.length === told.length) &&
      told.every((one, i) => looksLike(one, value[i]))
    )
  }
  if (typeof written !== 'object' || written === null) return Object.is(written, value)
  if (typeof value !== 'object' || value === null) return false
  const { '…': open, ...told } = written as Record<string, unknown>
  const held = new Map(Object.entries(value))
  return (
    (open !== undefined || held.size === Object.keys(told).length) &&
    Object.entries(told).every(([key, one]) => held.has(key) && looksLike(one, held.get(key)))
  )
}
