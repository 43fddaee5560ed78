import { pageSize } from './places.ts'
import type { BenchPlace } from './places.ts'

/** One reading of everybody: what each page took, in milliseconds, and how many were seen. */
export interface Reading {
  readonly took: readonly number[]
  readonly seen: number
}

/** How a client pages, by what it is answered. */
export type Method = 'cursor' | 'index'

interface Page {
  readonly Resources: readonly { readonly id: string; readonly userName: string }[]
  readonly totalResults?: number
  readonly itemsPerPage: number
  readonly nextCursor?: string
}

export async function readByWire(place: BenchPlace): Promise<Reading> {
  const took: number[] = []
  let seen = 0
  let since = performance.now()
  for await (const page of place.pages()) {
    took.push(performance.now() - since)
    seen += page.length
    since = performance.now()
  }
  return { took, seen }
}

/**
 * A walk through the bridge by pages, from the request to the parsed answer. After each page every tenth of those who
 * are on it goes, which is not part of what a page takes.
 */
export async function walk(
  method: Method,
  place: BenchPlace,
  fetchPage: (path: string) => Promise<Response>,
): Promise<Reading> {
  const took: number[] = []
  const seen = new Set<string>()
  const path = `/Users?count=${pageSize}&attributes=${place.attributes}`
  for (
    let next: string | undefined = method === 'cursor' ? '&cursor=' : '&startIndex=1', reached = 0;
    next !== undefined;
  ) {
    const since = performance.now()
    const response = await fetchPage(path + next)
    const page = (await response.json()) as Page
    took.push(performance.now() - since)
    if (response.status !== 200) throw new Error(JSON.stringify(page))
    for (const { id } of page.Resources) {
      if (seen.has(id)) throw new Error(`${id} is shown twice`)
      seen.add(id)
    }
    await place.remove(page.Resources.filter((_, i) => i % 10 === 0).map(({ userName }) => userName))
    reached += page.itemsPerPage
    if (method === 'cursor') next = page.nextCursor && `&cursor=${page.nextCursor}`
    else next = reached < (page.totalResults ?? 0) ? `&startIndex=${reached + 1}` : undefined
  }
  return { took, seen: seen.size }
}
