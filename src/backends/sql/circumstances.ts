import { generate } from '../../mapping/generate.ts'
import type { NativeRecord } from '../../mapping/record.ts'
import type { Circumstances } from './program.ts'

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
