import { nearest } from '../scim/nearest.ts'

/** The known word that was probably meant: `did you mean "slot"?` */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  const best = nearest(word, [...known])
  return best === undefined ? undefined : `did you mean "${best}"?`
}
