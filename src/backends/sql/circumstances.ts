import { randomInt, randomUUID } from 'node:crypto'
import { never } from '../../base/errors.ts'
import type { Generate } from '../../mapping/catalog.ts'
import type { NativeRecord } from '../../mapping/record.ts'
import type { Circumstances } from './program.ts'

function generate(how: Generate): string {
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

export const live = (later: Circumstances['later']): Circumstances => ({
  assumed: undefined,
  now: () => new Date().toISOString(),
  generate,
  later,
})

export const assumed = (prior: NativeRecord | undefined): Circumstances => ({
  assumed: { prior },
  now: () => ({ unknown: 'now' }),
  generate: (how) => ({ unknown: how.kind }),
  later: () => Promise.reject(new Error('nothing is read for an explanation')),
})
