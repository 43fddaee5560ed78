import { randomBytes, randomUUID } from 'node:crypto'
import type { Json } from '../../src/base/json.ts'
import type { Answer, Client } from '../wire/client.ts'
import type { Conversation, LookAfter, Step } from './case.ts'
import { bodyDifferences, headerDifferences } from './differences.ts'
import { fill, fillText } from './fill.ts'
import { at } from './place.ts'

/** Holds one conversation and says how it differs from the recorded one; nothing when it does not. */
export async function hold(client: Client, conversation: Conversation): Promise<readonly string[]> {
  const variables = new Map<string, Json>([
    ['uniq', randomBytes(5).toString('hex')],
    ['guid', randomUUID()],
  ])
  const made: string[] = []

  const take = async (step: Step): Promise<Answer> => {
    const path = fillText(step.path, variables)
    const body =
      step.rawBody === undefined ? step.body && fill(step.body, variables) : fillText(step.rawBody, variables)
    const answer = await client.send(step.method, path, { body, headers: step.headers ?? {} })
    const [collection = ''] = path.split('?')
    if (step.method === 'POST' && answer.status === 201) made.push(`${collection}/${String(answer.body['id'])}`)
    for (const [name, place] of Object.entries(step.save ?? {})) {
      const value = at(fillText(place, variables), answer.body)
      if (value === undefined) throw new Error(`${step.method} ${path}: nothing at ${place}, answer ${brief(answer)}`)
      variables.set(name, value)
    }
    return answer
  }
  const look = async (after: LookAfter): Promise<readonly string[]> => {
    const { get, status = [200], ...content } = fill(after as unknown as Json, variables) as unknown as LookAfter
    const answer = await client.get(get)
    return (status.includes(answer.status) ? bodyDifferences(answer, content) : [brief(answer)]).map(
      (difference) => `afterwards ${get}: ${difference}`,
    )
  }

  try {
    for (const step of conversation.setup) {
      const answer = await take(step)
      if (answer.status < 200 || answer.status > 299) return [`before: ${step.method} ${step.path}: ${brief(answer)}`]
    }
    const answer = await take(conversation.request)
    const { status, headers = {}, bodyContains, bodyAbsent, after = [] } = conversation.expect
    if (!status.includes(answer.status)) return [`wanted status ${status.join(' or ')}, got ${brief(answer)}`]
    const content = fill({ bodyContains: bodyContains ?? {}, bodyAbsent: bodyAbsent ?? [] }, variables)
    const differences = [
      ...headerDifferences(answer, fill(headers, variables) as typeof headers),
      ...(answer.status === 204 ? [] : bodyDifferences(answer, content as object)),
    ]
    for (const each of [after].flat()) differences.push(...(await look(each)))
    return differences
  } finally {
    for (const path of made.reverse()) await client.delete(path)
  }
}

const brief = ({ status, text }: Answer): string => `${status} ${text.slice(0, 300)}`
