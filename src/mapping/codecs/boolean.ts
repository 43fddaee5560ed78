import type { Attribute } from '../../scim/schema.ts'
import type { NativeScalar } from '../slot.ts'
import type { MadeCodec } from './made.ts'
import { values } from './values.ts'

/** Flags: the first word of each side is written, all of them are read. */
export function boolean(
  attribute: Attribute,
  yes: readonly NativeScalar[] = [1],
  no: readonly NativeScalar[] = [0],
): MadeCodec {
  return {
    ...values(
      {
        words: [...yes.map((word) => [word, true] as const), ...no.map((word) => [word, false] as const)],
        absent: yes.includes(null) ? true : no.includes(null) ? false : undefined,
        write: [
          ['true', () => yes[0] ?? null],
          ['false', () => no[0] ?? null],
        ],
      },
      attribute,
    ),
    name: 'boolean',
  }
}
