/** A database with very many people, for a server in a process of its own. */
export interface Seeded {
  /** The mapping file and the environment that it needs. */
  readonly mapping: string
  readonly env: Readonly<Record<string, string>>
  /** Paths under the base URL. */
  readonly everybody: string
  close(): Promise<void>
}

/**
 * Where the large tests are held. `seed` makes `count` people (userName `p1`, `p2`, … and a displayName each), a group of
 * all of them that also holds the group next to it, that group with ten of them, and an empty one: in this order by id.
 */
export interface Place {
  readonly name: string
  seed(count: number): Promise<Seeded>
  /** What others ask while the group is read; the first of everybody when left out. */
  readonly beside?: { readonly path: string; readonly total: number }
}

/** All of it in the full run; less in the everyday one, enough for several pages and chunks. */
export const people = process.env['SCIM_BRIDGE_TEST_LARGE'] === undefined ? 5_000 : 100_000
