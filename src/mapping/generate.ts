import { randomInt, randomUUID } from 'node:crypto'
import { never } from '../base/errors.ts'
import type { Generate } from './catalog.ts'

/** A new value, as the mapping says how; from the system's source of randomness. */
export function generate(how: Generate): string {
  switch (how.kind) {
    case 'uuid':
      return randomUUID()
    case 'uuidUpper':
      return randomUUID().toUpperCase()
    case 'random':
      return Array.from({ length: how.length }, () => how.alphabet[randomInt(how.alphabet.length)]).join('')
    default:
      return never(how)
  }
}
