import { randomBytes, randomUUID } from 'node:crypto'
import type { Json } from '../../../src/base/json.ts'
import { at } from '../place.ts'
import { bodyDifferences, headerDifferences } from '../differences.ts'
import { fill, fillText } from '../fill.ts'
import type { Answer, Client } from '../../wire/client.ts'
import type { Exchange, LookAfter, Talk } from './talk.ts'

/** How each exchange, by its number from 1, differs from what the client expects; those that do not are not there. */
export type Differences = ReadonlyMap<number, readonly string[]>

/** Holds a conversation to its end, whatever goes wrong on the way, and takes away what it has made. */
export async function holdTalk(client: Client, talk: Talk): Promise<Differences> {
  const variables = new Map<string, Json>([
    ['uniq', randomBytes(5).toString('hex')],
    ['guid', randomUUID()],
  ])
  const made: string[] = []
  const found = new Map<number, readonly string[]>()
  try {
    for (const [index, exchange] of talk.exchanges.entries()) {
      for (let n = 1; n <= (exchange.times ?? 1); n++) {
        variables.set('n', n)
        const differences = await once(exchange).catch((error: unknown) => [String(error)])
        if (differences.length === 0) continue
        found.set(index + 1, differences)
        break
      }
    }
    return found
  } finally {
    for (const path of made.reverse()) await client.delete(path)
  }

  async function once({ request, expect, save, after = [] }: Exchange): Promise<readonly string[]> {
    const path = fillText(request.path, variables)
    const body =
      request.rawBody === undefined
        ? request.body && fill(request.body, variables)
        : fillText(request.rawBody, variables)
    const headers = fill({ ...talk.headers, ...request.headers }, variables) as Record<string, string | null>
    const start = performance.now()
    const answer = await client.send(request.method, path, { body, headers })
    const took = Math.round(performance.now() - start)
    const [collection = ''] = path.split(/\/?(?:\?|$)/)
    if (request.method === 'POST' && answer.status === 201) made.push(`${collection}/${String(answer.body['id'])}`)

    if (!expect.status.includes(answer.status))
      return [`${request.method} ${path}: wanted status ${expect.status.join(' or ')}, got ${brief(answer)}`]
    const { bodyContains = {}, bodyAbsent = [] } = expect
    const content = fill({ bodyContains, bodyAbsent: [...bodyAbsent] }, variables)
    const differences = [
      ...(took > (expect.within ?? Infinity) ? [`wanted within ${expect.within} ms, took ${took}`] : []),
      ...headerDifferences(answer, fill(expect.headers ?? {}, variables) as typeof expect.headers & object),
      ...(answer.status === 204 ? [] : bodyDifferences(answer, content as object)),
    ]
    for (const [name, place] of Object.entries(save ?? {})) {
      const value = at(fillText(place, variables), answer.body)
      if (value === undefined) differences.push(`nothing at ${place}, answer ${brief(answer)}`)
      else variables.set(fillText(name, variables), value)
    }
    for (const each of [after].flat()) differences.push(...(await look(each)))
    return differences
  }

  async function look(after: LookAfter): Promise<readonly string[]> {
    const { get, status = [200], ...content } = fill(after as unknown as Json, variables) as unknown as LookAfter
    const answer = await client.get(get)
    return (status.includes(answer.status) ? bodyDifferences(answer, content) : [brief(answer)]).map(
      (difference) => `afterwards ${get}: ${difference}`,
    )
  }
}

const brief = ({ status, text }: Answer): string => `${status} ${text.slice(0, 300)}`
