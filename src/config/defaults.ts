import { z } from 'zod'
import { isNetwork } from '../http/base-url.ts'
import { scimUpstreamWords, upstreamWords } from '../mapping/file-upstream.ts'
import { duration, size } from '../mapping/quantity.ts'

/** One setting: its key in the file, its default, and what an operator has to know of it. The only place for all three. */
const setting = <S extends z.ZodType>(schema: S, otherwise: z.input<S>, description: string) =>
  schema.prefault(otherwise as never).meta({ description, default: otherwise })

/** A setting that may be left out and then has no value. */
const optional = <S extends z.ZodType>(schema: S, description: string) => schema.optional().meta({ description })

const count = (least: number, most: number) => z.int().min(least).max(most)

const host = z.string().regex(/^[A-Za-z0-9.:_-]+$/, 'must be a host name or an address')
const url = z
  .url({ protocol: /^https?$/, hostname: /./, error: 'must be an http or https URL' })
  .refine((text) => !/[?#@]/.test(text), 'must be without query, fragment and credentials')
const network = z.string().refine(isNetwork, 'must be an address or a network, such as 10.0.0.0/8')
const levels = z.enum(['error', 'warn', 'info', 'debug'])

/** Sections of settings, in the order of the documentation. */
export const sections = {
  listen: {
    host: setting(host, '127.0.0.1', 'Address to listen on. Other than loopback only with `insecureHttp`.'),
    port: setting(count(0, 65535), 8080, 'TCP port. 0 takes any free one.'),
    publicUrl: optional(
      url,
      'URL by which clients reach the bridge, without the path of an application; it begins every `meta.location`. Without it the Host header is used.',
    ),
    trustedProxies: setting(
      z.array(network),
      [],
      'Addresses and networks of reverse proxies whose X-Forwarded-Proto and X-Forwarded-Host are believed. From anybody else they are ignored.',
    ),
    insecureHttp: setting(
      z.boolean(),
      false,
      'Listen on other than loopback although the bridge speaks plain HTTP. Tokens and personal data cross that network in the clear: for a private network behind a proxy that ends TLS.',
    ),
  },
  limits: {
    page: setting(count(1, 10_000), 100, 'Resources on a page when the client names no `count`.'),
    maxResults: setting(count(1, 100_000), 1000, 'Most resources on a page, whatever `count` asks for.'),
    scanLimit: setting(
      count(1, 10_000_000),
      10_000,
      'Most records read to answer a filter that the backend cannot evaluate alone. Beyond it the answer is 400 `tooMany`.',
    ),
    operations: setting(
      count(1, 100_000),
      1000,
      'Most operations in one PATCH; a list of members in one of them may have any length. Beyond it the answer is 413.',
    ),
    bulkOperations: setting(
      count(0, 10_000),
      1000,
      'Most operations in one bulk request, `bulk.maxOperations` of `/ServiceProviderConfig`. Beyond it the answer is 413, and none of them is carried out. 0 switches Bulk off (501).',
    ),
    bulkPayload: setting(
      size,
      '5 MiB',
      'Largest bulk request, `bulk.maxPayloadSize`; `body` does not apply to it. Beyond it the answer is 413.',
    ),
    kept: setting(
      count(0, 10_000_000),
      100_000,
      'Most resources of one type whose manager, or another reference with `onUnknown: keep`, waits for somebody who is not there yet. Beyond it an unknown one is 400.',
    ),
    body: setting(size, '1 MiB', 'Largest request body. Beyond it the answer is 413.'),
    uri: setting(size, '16 KiB', 'Longest request target, query included. Beyond it the answer is 414.'),
    headers: setting(size, '16 KiB', 'All header fields of a request together. Beyond it the answer is 431.'),
    depth: setting(count(4, 200), 32, 'Levels of nested arrays and objects in a body. Beyond it the answer is 400.'),
  },
  timeouts: {
    request: setting(
      duration,
      '10s',
      'One request, from its header to its answer. Beyond it the answer is 503 (408 while the body is still arriving). Of an answer with a list so long that it is sent in parts, each part may take this long; then the connection is cut.',
    ),
    bulk: setting(
      duration,
      '60s',
      'How long a bulk request goes on beginning operations, each of which may take as long as a request. Those that were not begun by then are answered 503, one by one.',
    ),
    headers: setting(duration, '10s', 'Arrival of the header fields of a request. Beyond it the answer is 408.'),
    keepAlive: setting(
      duration,
      '65s',
      'How long an idle connection is kept; longer than a load balancer keeps its own.',
    ),
    drain: setting(duration, '10s', 'How long requests under way may go on when the process is asked to stop.'),
    retryAfter: setting(duration, '5s', '`Retry-After` of a 503, rounded up to seconds.'),
  },
  cursors: {
    secret: optional(
      z.string().min(32, 'must have at least 32 characters'),
      'What cursors are sealed with, at least 32 characters, from a file or the environment: `${file:/run/secrets/cursors}`. The same for every replica, so that each goes on with a walk that another began. Without it a random key is made once, in a file beside the side store.',
    ),
    timeout: setting(
      duration.refine((milliseconds) => milliseconds >= 1000, 'must be at least 1s'),
      '1h',
      'How long a cursor is good for, `pagination.cursorTimeout` of ServiceProviderConfig. Beyond it the answer is 400 `expiredCursor`.',
    ),
  },
  log: {
    level: setting(
      levels,
      'info',
      'Least level that is written to standard error: `error`, `warn`, `info` or `debug`. No level shows bodies, filter values, tokens or passwords.',
    ),
  },
} as const

/** Settings outside any section. */
export const single = {
  allowAnonymous: setting(z.boolean(), false, 'Serve without any token. Only on loopback, for trying things out.'),
  sensitiveFilters: setting(
    z.array(z.string().min(1)),
    [],
    'Attributes whose values no filter in a URL may hold, such as `userName` or `emails`: 403 `sensitive`, and the client has to POST to `.search`, whose body no log of a proxy keeps (RFC 7644 section 7.5.2). Many clients can look people up by URL only.',
  ),
  sideStore: setting(
    z.string().min(1),
    './data/side.db',
    'File of the side store, for SCIM attributes that the legacy system has no place for. Relative to `bridge.yaml`; without one, or as a flag, to the working directory.',
  ),
} as const

const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'must be letters, digits, "-" and "_", at most 64')

export const tokenSettings = {
  name: name.meta({ description: 'Who holds the token; it stands in the log.' }),
  sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, 'must be the SHA-256 of the token in 64 hexadecimal digits')
    .meta({ description: 'SHA-256 of the token in hexadecimal; `scim-bridge token hash` prints it.' }),
  applications: optional(z.array(z.string()).min(1), 'Applications that the token opens. Without it, all of them.'),
  readOnly: setting(z.boolean(), false, 'The token may read and search, and nothing else.'),
  passThrough: optional(
    z.array(z.string()).min(1),
    'Pass-through paths that the token opens, by name. Without it, none.',
  ),
  userName: optional(
    z.string().min(1).max(1000),
    'The person whom the token stands for, by `userName`: to this token `/Me` is that person, in every application that it opens, and nobody else (404 when there is no such person). Without it `/Me` is 501. What else the token may do stays the same.',
  ),
} as const

const servedPath = z
  .string()
  .regex(/^(?:\/[A-Za-z0-9._~-]+)*$/, 'must be a path such as /scim, without a trailing slash')
  .refine((path) => !path.split('/').some((part) => part === '.' || part === '..'), 'must not have . or .. in it')

/** Settings that `upstream` and a pass-through path share with mapping files. */
const described = <S extends Readonly<Record<string, z.ZodType>>>(words: S): S =>
  Object.fromEntries(
    Object.entries(words).map(([key, schema]) => [key, schema.meta({ description: schema.description ?? '' })]),
  ) as S

export const upstreamSettings = described(scimUpstreamWords)

export const passThroughSettings = {
  path: optional(
    servedPath.refine((path) => path !== '', 'must not be empty'),
    'Where it is served. Without it `/<name>`.',
  ),
  ...described(upstreamWords),
  body: setting(size, '100 MiB', 'Largest request body; it is not held in memory. Beyond it the answer is 413.'),
} as const

export const applicationSettings = {
  mapping: optional(z.string().min(1), 'The mapping file, relative to `bridge.yaml`.'),
  upstream: optional(
    z.strictObject(upstreamSettings),
    'In the place of a mapping: another SCIM service that serves the whole application.',
  ),
  profile: optional(
    z.string().min(1),
    'Client dialect: `tolerant`, `strict`, … It goes before what the mapping file says.',
  ),
  path: optional(
    servedPath.refine((path) => !/\/v\d+$/i.test(path), 'must not end in /v2, which is added'),
    'Where it is served: at this path followed by `/v2`, and at the path itself. Without it `/scim`, or `/<name>/scim` when there are several applications.',
  ),
} as const

const { mapping, profile, path, upstream } = applicationSettings
const mapped = z.strictObject({ mapping: mapping.unwrap(), profile, path })
const passed = z.strictObject({ upstream: upstream.unwrap(), path })

/** A bare file name is the short form. */
const application = z.unknown().transform((value, context): z.output<typeof mapped> | z.output<typeof passed> => {
  const said = typeof value === 'string' ? { mapping: value } : value
  const isPassed = typeof said === 'object' && said !== null && 'upstream' in said
  const { data, error } = (isPassed ? passed : mapped).safeParse(said)
  if (data !== undefined) return data
  context.issues.push(...error.issues.map((issue) => ({ ...issue, input: issue.input ?? said }) as never))
  return z.NEVER
})

/** The whole file. */
export const fileSchema = z.strictObject({
  listen: z.strictObject(sections.listen).prefault({}),
  tokens: z.array(z.strictObject(tokenSettings)).prefault([]),
  applications: z.record(name, application).prefault({}),
  passThrough: z.record(name, z.strictObject(passThroughSettings)).prefault({}),
  limits: z.strictObject(sections.limits).prefault({}),
  timeouts: z.strictObject(sections.timeouts).prefault({}),
  cursors: z.strictObject(sections.cursors).prefault({}),
  log: z.strictObject(sections.log).prefault({}),
  ...single,
})

export type FileConfig = z.output<typeof fileSchema>
