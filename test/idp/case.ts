import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json, JsonObject } from '../../src/base/json.ts'

export interface Step {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string | null>>
  readonly body?: Json
  /** Sent as it is, for what is no JSON. */
  readonly rawBody?: string
  /** Variable by name, with the place in the answer that fills it. */
  readonly save?: Readonly<Record<string, string>>
}

/** What an answer must hold: at each place a value or operators such as `{ $regex: … }`; absent places hold nothing. */
export interface Content {
  readonly bodyContains?: JsonObject | undefined
  readonly bodyAbsent?: readonly string[] | undefined
}

export interface LookAfter extends Content {
  readonly get: string
  readonly status?: readonly number[]
}

/** One recorded exchange of a client, with what must be there before and what is looked at after it. */
export interface Conversation {
  readonly id: string
  readonly client: string
  readonly level: 'must' | 'should' | 'optional'
  readonly step: string
  readonly setup: readonly Step[]
  readonly request: Step
  readonly expect: Content & {
    readonly status: readonly number[]
    readonly headers?: JsonObject
    readonly after?: LookAfter | readonly LookAfter[]
  }
  readonly why: string
}

const folder = join(import.meta.dirname, '../cases')

export const conversations = readFileSync(join(folder, 'idp-cases.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Conversation)

/** Cases that are known not to pass, by id, with the reason; a case that passes must not be listed. */
export const skipped = JSON.parse(readFileSync(join(folder, 'idp-skipped.json'), 'utf8')) as Readonly<
  Record<string, string>
>
