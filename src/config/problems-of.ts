import type { z } from 'zod'
import type { FilePath } from '../mapping/load.ts'
import { suggest } from '../mapping/suggest.ts'
import {
  applicationSettings,
  fileSchema,
  passThroughSettings,
  sections,
  tokenSettings,
  upstreamSettings,
} from './defaults.ts'

export interface SettingProblem {
  readonly path: FilePath
  readonly message: string
  readonly hint?: string
}

/** The settings that exist where an unknown one was written. */
function known(path: FilePath): readonly string[] {
  const [section] = path
  if (section === undefined) return Object.keys(fileSchema.shape)
  if (section === 'tokens') return Object.keys(tokenSettings)
  if (section === 'applications') return Object.keys(path[2] === 'upstream' ? upstreamSettings : applicationSettings)
  if (section === 'passThrough') return Object.keys(passThroughSettings)
  return Object.hasOwn(sections, section) ? Object.keys(sections[section as keyof typeof sections]) : []
}

const dotted = (path: FilePath): string => path.join('.')

/** Problems of the schema in the words of the file, one for each unknown key. */
export function problemsOf(error: z.ZodError): readonly SettingProblem[] {
  return error.issues.flatMap((issue): readonly SettingProblem[] => {
    const path = issue.path.filter((part) => typeof part !== 'symbol')
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const hint = suggest(key, known(path))
        return {
          path: [...path, key],
          message: `there is no setting ${dotted([...path, key])}`,
          ...(hint !== undefined && { hint }),
        }
      })
    }
    if (issue.code === 'invalid_key') {
      return [{ path, message: `${dotted(path)}: a name ${issue.issues[0]?.message ?? 'is not valid'}` }]
    }
    const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined')
    if (missing) return [{ path, message: `${dotted(path)} is missing` }]
    const message = bound(issue) ?? issue.message.replace(/^Invalid (?:input|option): /, '')
    return [{ path, message: `${dotted(path)}: ${message}` }]
  })
}

/** A number out of range, in the words of whoever typed it. */
function bound(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code === 'too_big' && issue.origin !== 'string') return `must be at most ${issue.maximum}`
  if (issue.code === 'too_small' && issue.origin !== 'string') return `must be at least ${issue.minimum}`
  return undefined
}
