import { createHash, timingSafeEqual } from 'node:crypto'
import { BridgeError } from '../base/errors.ts'
import { refuseReader } from '../service/authorize.ts'

/** A bearer token that is let in; only its digest is kept. */
export interface TokenRule {
  readonly name: string
  /** SHA-256 of the token, 64 hexadecimal digits. */
  readonly sha256: string
  /** Names of the applications it opens; undefined: all of them. */
  readonly applications?: readonly string[]
  readonly readOnly?: boolean
  /** The person whom it stands for: `/Me`. */
  readonly userName?: string
  /** Names of the pass-through paths that it opens; none when undefined. */
  readonly passThrough?: readonly string[]
}

/** Who is calling, as far as the HTTP floor knows. */
export interface Client {
  readonly name: string
  readonly applications: readonly string[] | undefined
  readonly readOnly: boolean
  readonly userName: string | undefined
  readonly passThrough: readonly string[]
}

export const anonymous: Client = {
  name: 'anonymous',
  applications: undefined,
  readOnly: false,
  userName: undefined,
  passThrough: [],
}

export type Authenticate = (authorization: string | undefined) => Client

export const digestOf = (token: string): Buffer => createHash('sha256').update(token, 'utf8').digest()

/** RFC 6750 section 2.1, a little wider: any visible ASCII, since tokens are compared as digests anyway. */
const bearer = /^Bearer +([\x21-\x7e]+)$/i

/**
 * Checks a bearer token (RFC 6750). Every configured digest is compared, each in constant time, so neither a near miss
 * nor the place of the token in the configuration shows in the time it takes.
 */
export function authenticator(rules: readonly TokenRule[], allowAnonymous: boolean): Authenticate {
  const known = rules.map((rule) => ({
    digest: Buffer.from(rule.sha256, 'hex'),
    client: {
      name: rule.name,
      applications: rule.applications,
      readOnly: rule.readOnly === true,
      userName: rule.userName,
      passThrough: rule.passThrough ?? [],
    } satisfies Client,
  }))
  return (authorization) => {
    if (authorization === undefined) {
      if (allowAnonymous) return anonymous
      throw new BridgeError('unauthenticated', 'A bearer token is required')
    }
    const sent = bearer.exec(authorization)?.[1]
    if (sent === undefined) throw new BridgeError('unauthenticated', 'A bearer token is required')
    const digest = digestOf(sent)
    let found: Client | undefined
    for (const { digest: expected, client } of known) {
      if (timingSafeEqual(digest, expected)) found = client
    }
    if (found === undefined) throw new BridgeError('unauthenticated', 'The bearer token is not valid')
    return found
  }
}

/** `WWW-Authenticate` of a 401 (RFC 6750 section 3): the error is named only when a token was sent. */
export const challenge = (authorization: string | undefined): string =>
  authorization !== undefined && /^Bearer\b/i.test(authorization)
    ? 'Bearer realm="scim", error="invalid_token"'
    : 'Bearer realm="scim"'

/** May this client do this here? RFC 7644 section 2: 401 is for who, 403 for what. */
export function authorize(client: Client, application: string, writes: boolean): void {
  if (client.applications !== undefined && !client.applications.includes(application)) {
    throw new BridgeError('forbidden', 'This token is not for this application')
  }
  if (writes) refuseReader(client)
}

/** What an application serves beside SCIM knows no rules of SCIM: a token opens it only where that is said. */
export function authorizePassThrough(client: Client, name: string, writes: boolean): void {
  if (!client.passThrough.includes(name)) throw new BridgeError('forbidden', 'This token is not for this path')
  if (writes && client.readOnly) throw new BridgeError('forbidden', 'This token may only read')
}
