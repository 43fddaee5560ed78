import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { Json } from '../../../src/base/json.ts'
import { clients } from '../../../src/scim/quirks.ts'

// Strict all the way down: a misspelt `bodyContains` would want nothing and hold always.
const json = z.json() as unknown as z.ZodType<Json>
const text = z.string().min(1)
const content = { bodyContains: z.record(text, json).optional(), bodyAbsent: z.array(text).optional() }
const statuses = z.array(z.int().min(200).max(599)).min(1)
const headers = z.record(text, z.string().nullable())
/** Variable by name, with the place in the answer that fills it. */
const save = z.record(text, text)
const lookAfter = z.strictObject({ get: text, status: statuses.optional(), ...content })

/** A request of a client, what it wants of the answer, and what it remembers of it. */
const exchangeFile = z.strictObject({
  /** Why the client sends it, or what it would do if the answer were another. */
  note: text,
  level: z.enum(['must', 'should', 'optional']),
  /** Sends it as often as that, with `{{n}}` counting from 1. */
  times: z.int().min(1).optional(),
  request: z.strictObject({
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    path: text,
    /** `null` takes a header away that is otherwise sent. */
    headers: headers.optional(),
    body: json.optional(),
    /** Sent as it is, for what is no JSON. */
    rawBody: z.string().optional(),
  }),
  expect: z.strictObject({
    status: statuses,
    headers: z.record(text, json).optional(),
    /** Milliseconds within which the client wants its answer. */
    within: z.int().optional(),
    ...content,
  }),
  save: save.optional(),
  /** What is to be seen then. */
  after: z.union([lookAfter, z.array(lookAfter)]).optional(),
})

const talkFile = z.strictObject({
  client: z.enum(clients),
  title: text,
  /** The public text that the requests come from, and what is expected of the answers. */
  source: text,
  /**
   * `documented` by the vendor, `captured` on the wire by somebody who published it, read in the `source` of the client, or
   * `inferred` from what is documented.
   */
  certainty: z.enum(['documented', 'captured', 'source', 'inferred']),
  /** The only profile that it is held under; without it, the default one and the client's own. */
  profile: text.optional(),
  /** Headers of every request. */
  headers: headers.optional(),
  exchanges: z.array(exchangeFile).min(1),
})

export type Exchange = Readonly<z.infer<typeof exchangeFile>>
export type LookAfter = Readonly<z.infer<typeof lookAfter>>
/** A whole conversation of a client with one server, in order; its id is `<client>/<file>`. */
export type Talk = Readonly<z.infer<typeof talkFile>> & { readonly id: string }

const folder = join(import.meta.dirname, '..')

function read(client: string, file: string): Talk {
  const id = `${client}/${file.replace(/\.json$/, '')}`
  const { success, data, error } = talkFile.safeParse(JSON.parse(readFileSync(join(folder, client, file), 'utf8')))
  if (!success) throw new Error(`${id}: ${z.prettifyError(error)}`)
  if (data.client !== client) throw new Error(`${id} is one of ${data.client}`)
  return { ...data, id }
}

/** Every conversation, by client: the files `test/idp/<client>/<name>.json`. */
export const talks: readonly Talk[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap((entry) =>
    readdirSync(join(folder, entry.name))
      .filter((file) => file.endsWith('.json') && file !== 'skipped.json')
      .sort()
      .map((file) => read(entry.name, file)),
  )

/** The profiles that a conversation is held under; a mapping that names none has the first. */
export const profilesOf = ({ profile, client }: Talk): readonly string[] =>
  profile === undefined ? ['tolerant', client] : [profile]
