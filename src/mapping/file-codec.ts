import { z } from 'zod'
import { block, constant } from './file-block.ts'

const word = z.string().min(1)

/** `values`, `boolean`, `time` and the rest: exactly one of them names the codec, the others refine it. */
const codecBlock = block({
  values: z.record(z.string(), constant).optional().describe('native word: SCIM value'),
  otherwise: constant.optional().describe('what every other native value means'),
  absent: constant.optional().describe('what NULL means'),
  write: z
    .record(z.string(), z.union([constant, block({ now: z.string() })]))
    .optional()
    .describe('SCIM value: native word written; `absent` writes NULL'),
  present: z.boolean().optional().describe('the boolean that any value at all stands for'),
  boolean: z
    .union([
      z.tuple([constant, constant]),
      block({
        true: z.union([constant, z.array(constant).min(1)]),
        false: z.union([constant, z.array(constant).min(1)]),
      }),
    ])
    .optional()
    .describe('the words for true and false'),
  bit: z
    .union([z.int().positive(), z.string().regex(/^0x[0-9a-fA-F]+$/)])
    .optional()
    .describe('a bit mask'),
  is: z.int().min(0).optional().describe('the masked value that means true; the mask itself when left out'),
  time: word
    .optional()
    .describe('epoch, epochMillis, datetime, date, iso, generalized, filetime or a pattern such as yyyyMMddHHmmss'),
  zone: word.optional().describe('UTC, +02:00 or an IANA zone: in which the native value is written'),
  none: z
    .union([constant, z.array(constant)])
    .optional()
    .describe('native words that mean "no value"'),
  canonical: z
    .array(z.enum(['lower', 'upper', 'trim', 'ascii']))
    .min(1)
    .optional(),
  prefix: word.optional(),
  suffix: word.optional(),
  template: word.optional().describe('native text around the value: "uid={value},ou=people"'),
  password: word.optional().describe('plain, ssha, ssha256, ssha512, pbkdf2, django or modify'),
  iterations: z.int().min(1).max(10_000_000).optional(),
})

const codecOne = z.union([word, codecBlock])

/** A name, a block, or a list of them from the native side to the SCIM side. */
export const codecFile = z.union([word, codecBlock, z.array(codecOne).min(1)])

export type CodecBlock = z.output<typeof codecBlock>
export type CodecFile = z.output<typeof codecFile>
