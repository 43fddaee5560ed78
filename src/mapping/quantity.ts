import { z } from 'zod'

const milliseconds: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 }
const bytes: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }

/** `10s` or `1 MiB` to a number of the smallest unit; a bare number would leave the unit to guessing. */
const quantity = (units: Readonly<Record<string, number>>, examples: string) =>
  z.string(`must be ${examples}`).transform((text, context) => {
    const [, amount, unit = ''] = /^(\d{1,9}) ?([A-Za-z]+)$/.exec(text.trim()) ?? []
    const factor = Object.hasOwn(units, unit) ? units[unit] : undefined
    if (amount !== undefined && factor !== undefined && Number(amount) > 0) return Number(amount) * factor
    context.addIssue({ code: 'custom', message: `must be ${examples}` })
    return z.NEVER
  })

/** A length of time, in milliseconds. */
export const duration = quantity(milliseconds, 'a time with its unit, such as 500ms, 10s or 2min')
/** An amount of data, in bytes. */
export const size = quantity(bytes, 'a size with its unit, such as 512 KiB or 1 MiB')
