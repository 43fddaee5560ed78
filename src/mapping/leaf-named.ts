import type { Leaf, ResourceMapping } from './catalog.ts'

/** The leaf that carries a single-valued attribute, by its canonical name: `userName`, `name.givenName`. */
export function leafNamed(mapping: ResourceMapping, name: string): Leaf | undefined {
  for (const attribute of mapping.attributes) {
    const leaf = attribute.kind === 'single' ? attribute.leaves.find((l) => l.ref.name === name) : undefined
    if (leaf) return leaf
  }
  return undefined
}
