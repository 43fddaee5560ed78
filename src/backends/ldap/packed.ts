import type { Value } from './filter.ts'

/** Values of an attribute, taken out again some at a time. */
export interface Packed {
  readonly length: number
  slice(from: number, to: number): readonly Value[]
}

/**
 * The values of a very long attribute in one piece of memory outside of the heap: whoever reads slowly holds them for as
 * long as that takes, and a hundred thousand texts are some ten megabytes of heap for each reader.
 */
export function packed(values: readonly Value[]): Packed {
  if (!values.every((value) => typeof value === 'string')) return values
  const ends = new Uint32Array(values.length)
  let length = 0
  for (const [i, value] of values.entries()) ends[i] = length += Buffer.byteLength(value)
  const bytes = Buffer.allocUnsafeSlow(length)
  let at = 0
  for (const value of values) at += bytes.write(value, at)
  return {
    length: values.length,
    slice(from, to) {
      const some: string[] = []
      for (let i = from; i < Math.min(to, ends.length); i++)
        some.push(bytes.toString('utf8', ends[i - 1] ?? 0, ends[i]))
      return some
    },
  }
}
