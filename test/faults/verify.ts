import { setTimeout as wait } from 'node:timers/promises'
import type { JsonObject } from '../../src/base/json.ts'
import type { Client } from '../wire/client.ts'
import { where } from '../wire/people.ts'
import { isLookedUp, isRead, personIn } from './life.ts'
import { print, same } from './possible.ts'
import type { State } from './possible.ts'
import { resourceIn, talk } from './talk.ts'
import type { Known, Said } from './talk.ts'

export interface VerifyOptions {
  readonly people: readonly Known[]
  readonly group: string
  readonly bound: number
}

const atOnce = 8

/** Holds what is there now against what was answered; then repeats every uncertain write and looks again. */
export async function verify(client: Client, { people, group, bound }: VerifyOptions): Promise<readonly string[]> {
  const wrong: string[] = []
  const members = async (): Promise<ReadonlySet<string>> => {
    const { status, body, text } = await client.get(`/Groups/${group}`)
    if (status !== 200) throw new Error(`the group cannot be read: ${status} ${text}`)
    return new Set(((body['members'] ?? []) as readonly { readonly value: string }[]).map(({ value }) => value))
  }
  const observe = async (known: Known, inGroup: ReadonlySet<string>): Promise<void> => {
    const answer = await client.get(isLookedUp(known.name).path)
    const found = resourceIn(answer)
    if (answer.status !== 200 || found === 'several') {
      return void wrong.push(`${known.name} cannot be looked up: ${answer.status} ${answer.text.slice(0, 300)}`)
    }
    const id = found ? String(found['id']) : known.id
    const member = id !== undefined && inGroup.has(id)
    const seen: State = found && { ...personIn(found), member }
    if (!known.possible.some((state) => same(state, seen))) {
      wrong.push(`${known.name} is ${print(seen)}, and should be ${known.possible.map(print).join(' or ')}`)
    }
    if (found === undefined && member) wrong.push(`${known.name} is gone and still in the group`)
    known.possible = [seen]
    known.id = id
    await alsoElsewhere(client, known, found, wrong)
  }
  const round = async (some: readonly Known[]): Promise<void> => {
    const inGroup = await members()
    for (let at = 0; at < some.length; at += atOnce)
      await Promise.all(some.slice(at, at + atOnce).map((known) => observe(known, inGroup)))
  }
  await round(people)
  const uncertain = people.filter(({ pending }) => pending !== undefined)
  const asked: Said[] = []
  const { ask } = talk(client, { bound, said: asked, wrong })
  for (const known of uncertain) {
    const { pending } = known
    if (pending === undefined) continue
    // as Retry-After says: what went on behind the answer has to come to its end first
    for (let attempt = 0; attempt < 5; attempt++) {
      await ask(known, pending)
      if (known.pending === undefined) break
      await wait(1_000)
    }
    if (known.pending !== undefined)
      wrong.push(`${pending.name} of ${known.name} is uncertain again: ${asked.at(-1)?.text ?? ''}`)
  }
  await round(uncertain)
  return wrong
}

/** Found by its id, by each address and by the id that the client gave, or by none of them. */
async function alsoElsewhere(
  client: Client,
  known: Known,
  found: JsonObject | undefined,
  wrong: string[],
): Promise<void> {
  const held = found && personIn(found)
  const filters = [
    `externalId eq "${held?.externalId ?? `ext-${known.name}`}"`,
    ...(held?.emails ?? [`${known.name}@example.com`]).map((address) => `emails.value eq "${address}"`),
  ]
  const paths = [...filters.map((filter) => `/Users${where(filter)}`), ...(known.id ? [isRead(known.id).path] : [])]
  for (const path of paths) {
    const answer = await client.get(path)
    const other = resourceIn(answer)
    if (other === 'several' || other?.['id'] !== found?.['id'] || (answer.status !== 200 && found !== undefined))
      wrong.push(
        `${known.name} (${found ? 'present' : 'absent'}) at ${path}: ${answer.status} ${answer.text.slice(0, 200)}`,
      )
  }
}
