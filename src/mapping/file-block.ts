import { z } from 'zod'
import { suggest } from './suggest.ts'

/** A strict object whose unknown keys are answered with the word that was probably meant. */
export const block = <S extends z.core.$ZodLooseShape>(shape: S) =>
  z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined
      const keys = (issue as { readonly keys?: readonly string[] }).keys ?? []
      return keys.map((key) => unknownKey(key, Object.keys(shape))).join('; ')
    },
  })

const unknownKey = (key: string, known: Iterable<string>): string => {
  const hint = suggest(key, known)
  return `unknown key "${key}"${hint === undefined ? '' : `, ${hint}`}`
}

/** A name of the legacy system: table, column, LDAP attribute. */
export const name = z.string().min(1).max(200)
export const names = z.union([name, z.array(name).min(1)])
export const constant = z.union([z.string(), z.number(), z.boolean(), z.null()])
export const constants = z.record(name, constant)
