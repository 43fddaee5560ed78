/** One item of a merged list, and which of the lists it came from. */
export interface Merged<T> {
  readonly from: number
  readonly item: T
}

/**
 * The first `most` items of several lists that are each in order, in order. Of equal items those of an earlier list
 * come first, and each list keeps its own order: what has a place in it goes on behind that place.
 */
export function merge<T>(
  lists: readonly (readonly T[])[],
  compare: (a: T, b: T) => number,
  most: number,
): readonly Merged<T>[] {
  const heads = lists.map((items, from) => ({ from, items, next: 0 }))
  const merged: Merged<T>[] = []
  while (merged.length < most) {
    let first: (typeof heads)[number] | undefined
    for (const head of heads) {
      if (head.next >= head.items.length) continue
      if (first === undefined || compare(itemOf(head), itemOf(first)) < 0) first = head
    }
    if (first === undefined) break
    merged.push({ from: first.from, item: itemOf(first) })
    first.next++
  }
  return merged
}

const itemOf = <T>({ items, next }: { readonly items: readonly T[]; readonly next: number }): T => items[next] as T
