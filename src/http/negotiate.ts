import { BridgeError } from '../base/errors.ts'

export const scimJson = 'application/scim+json'
export const plainJson = 'application/json'
export type AnswerType = typeof scimJson | typeof plainJson

interface Range {
  readonly type: string
  readonly q: number
}

function ranges(accept: string): readonly Range[] {
  return accept
    .split(',')
    .map((item) => {
      const [type = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
      const q = weight === undefined ? 1 : Number(weight)
      return { type, q: Number.isFinite(q) ? q : 1 }
    })
    .filter(({ type }) => type !== '')
}

/** The weight of a type: the most specific range that covers it counts (RFC 9110 section 12.5.1). */
function weigh(all: readonly Range[], type: string): number {
  for (const pattern of [type, 'application/*', '*/*', '*']) {
    const found = all.filter((range) => range.type === pattern)
    if (found.length > 0) return Math.max(...found.map((range) => range.q))
  }
  return 0
}

/**
 * The content type of the answer (RFC 7644 section 3.8): `application/scim+json` unless the client names only
 * `application/json`, as OneLogin does, or weighs it higher.
 */
export function negotiate(accept: string | undefined): AnswerType {
  if (accept === undefined || accept.trim() === '') return scimJson
  const all = ranges(accept)
  const scim = weigh(all, scimJson)
  const plain = weigh(all, plainJson)
  if (scim > 0 && scim >= plain) return scimJson
  if (plain > 0) return plainJson
  throw new BridgeError('notAcceptable', `Answers are ${scimJson} or ${plainJson}`)
}
