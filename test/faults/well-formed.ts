import type { JsonObject } from '../../src/base/json.ts'
import type { Answer } from '../wire/client.ts'
import { errorSchema } from '../wire/people.ts'

/** What is wrong with the form of an answer, whatever was asked for (RFC 7644 sections 3.1, 3.4.2 and 3.12). */
export function malformed({ status, headers, text, body }: Answer): readonly string[] {
  if (status === 204 || status === 304) return text === '' ? [] : [`${status} with a body`]
  const wrong: string[] = []
  const expected = (what: string, holds: boolean): void => {
    if (!holds) wrong.push(`${status} without ${what}: ${text.slice(0, 200)}`)
  }
  // a long list is sent while it is read, without a length
  const length = headers['content-length']
  expected('a length that is true', length === undefined || Number(length) === Buffer.byteLength(text))
  expected('application/scim+json', /^application\/scim\+json/.test(headers['content-type'] ?? ''))
  const { schemas } = body
  if (status < 400) {
    expected('schemas', Array.isArray(schemas) && schemas.length > 0)
    if (body['totalResults'] !== undefined) expected('the resources it counts', isWholePage(body))
    else expected('an id and a location', typeof body['id'] === 'string' && hasLocation(body))
    return wrong
  }
  expected('the error schema', JSON.stringify(schemas) === JSON.stringify([errorSchema]))
  expected('its status as text', body['status'] === String(status))
  expected('a detail', typeof body['detail'] === 'string' && body['detail'].length > 9)
  if (status === 400 || status === 409) expected('a scimType', typeof body['scimType'] === 'string')
  if (status === 503) expected('Retry-After', Number(headers['retry-after']) > 0)
  if (status >= 500) expected('a reason to be 5xx', status === 503)
  return wrong
}

function isWholePage({ totalResults, Resources, itemsPerPage }: JsonObject): boolean {
  const found = Array.isArray(Resources) ? Resources.length : 0
  return Number(totalResults) >= found && Number(itemsPerPage) === found && (found > 0 || totalResults === 0)
}

const hasLocation = ({ meta }: JsonObject): boolean =>
  typeof (meta as JsonObject | undefined)?.['location'] === 'string'
