import type { AttributePath } from './path.ts'

/** A path as it is written. */
export const printPath = ({ urn, name, sub }: AttributePath): string =>
  `${urn === undefined ? '' : name === '' ? urn : `${urn}:`}${name}${sub === undefined ? '' : `.${sub}`}`
