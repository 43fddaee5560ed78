import { z } from 'zod'
import { block } from './file-block.ts'
import { duration } from './quantity.ts'

const address = z
  .url({
    protocol: /^https?$/,
    hostname: /./,
    error: ({ code }) => (code === 'invalid_type' ? undefined : 'must be an http or https URL'),
  })
  .refine((text) => !/[?#@]/.test(text), 'must be without query, fragment and credentials')

const file = z.string().min(1)

/** How another HTTP service is reached; the same words in a mapping file and in `bridge.yaml`. */
export const upstreamWords = {
  url: address.describe('`http` or `https`, without query and credentials.'),
  token: z.string().min(1).optional().describe('Sent as `Authorization: Bearer …`. Only as `${NAME}` or `${file:…}`.'),
  user: z.string().min(1).optional().describe('With `password`: sent as `Authorization: Basic …` (RFC 7617).'),
  password: z.string().optional().describe('Only as `${NAME}` or `${file:…}`.'),
  header: block({
    name: z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'must be the name of a header field'),
    secret: z.string().min(1),
  })
    .optional()
    .describe(
      '`{ name, secret }`: a header field of its own, such as `X-API-Key`. The secret only as `${NAME}` or `${file:…}`.',
    ),
  timeout: duration
    .optional()
    .describe('How long it may take to begin its answer, and between two parts of it. Without it, `timeouts.request`.'),
  tls: z
    .union([
      z.literal('off'),
      block({
        ca: file.optional(),
        cert: file.optional(),
        key: file.optional(),
        servername: z.string().min(1).optional(),
      }),
    ])
    .optional()
    .describe(
      '`{ ca, cert, key, servername }`: files in PEM form, relative to this file, and the name that the certificate must carry. Certificates are always verified. `off` accepts `http` to another machine, in the clear.',
    ),
} as const

/** An upstream that speaks SCIM. */
export const scimUpstreamWords = {
  ...upstreamWords,
  knownAs: z
    .union([address, z.array(address).min(1)])
    .optional()
    .describe('Further URLs by which it calls itself in `meta.location` and `$ref`, where that is not `url`.'),
} as const

export const upstreamFile = block(scimUpstreamWords)

/** As written, after its shape has been checked. */
export type UpstreamFile = z.output<typeof upstreamFile>
