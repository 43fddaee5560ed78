import { isLoopback } from '../base/loopback.ts'
import type { ResourceType } from '../scim/schema.ts'
import type { UpstreamFile } from './file-upstream.ts'
import type { FilePath } from './load.ts'
import type { Report } from './problem.ts'

/** Another HTTP service that requests are passed through to. */
export interface Upstream {
  /** Without a trailing slash, query and credentials. */
  readonly url: string
  /** Further URLs by which it calls itself, of the same form. */
  readonly knownAs: readonly string[]
  /** The header field that authenticates the bridge there. */
  readonly credential: { readonly name: string; readonly value: string } | undefined
  /** Milliseconds until an answer begins, and between two parts of it; undefined: as long as a request may take. */
  readonly timeout: number | undefined
  /** Files in PEM form as they are named, and the name that the certificate must carry. */
  readonly tls: {
    readonly ca?: string | undefined
    readonly cert?: string | undefined
    readonly key?: string | undefined
    readonly servername?: string | undefined
  }
}

/** A resource type that another SCIM service serves. */
export interface UpstreamType {
  readonly name: string
  readonly endpoint: string
  readonly description: string | undefined
  /** Its `url` is that of the endpoint there. */
  readonly upstream: Upstream
  /** What the file says of its schema; undefined: the service is asked. */
  readonly declared: Pick<ResourceType, 'schema' | 'extensions'> | undefined
}

/** Fields that the bridge itself says, or that belong to the connection. */
const taken =
  /^(?:host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|cookie|x-request-id)$|^(?:accept|content|if|proxy|x-forwarded)\b/i

const printable = /^[\x20-\x7e]+$/

/** Checks what the words say together; a secret is never told. */
export function compileUpstream(said: UpstreamFile, at: FilePath, report: Report): Upstream {
  const url = bare(said.url)
  const { protocol, hostname } = new URL(said.url)
  if (protocol === 'http:' && said.tls !== 'off' && !isLoopback(hostname.replace(/^\[|\]$/g, '')))
    report.error(
      [...at, 'url'],
      `${url} would be reached in the clear: credentials and personal data could be read on the way`,
      'use https, or accept it with tls: off',
    )
  if (protocol === 'https:' && said.tls === 'off') report.error([...at, 'tls'], 'tls: off contradicts https')
  const tls = said.tls === undefined || said.tls === 'off' ? {} : said.tls
  if ((tls.cert === undefined) !== (tls.key === undefined)) report.error([...at, 'tls'], 'cert and key belong together')
  return {
    url,
    knownAs: [said.knownAs ?? []].flat().map(bare),
    credential: credentialOf(said, at, report),
    timeout: said.timeout,
    tls,
  }
}

const bare = (url: string): string => new URL(url).href.replace(/\/+$/, '')

function credentialOf(said: UpstreamFile, at: FilePath, report: Report): Upstream['credential'] {
  const { token, user, password, header } = said
  if ((user === undefined) !== (password === undefined))
    report.error([...at, user === undefined ? 'password' : 'user'], 'user and password belong together')
  if ([token, user, header].filter((one) => one !== undefined).length > 1)
    report.error(at, 'there is more than one credential', 'one of token, user with password, header')
  if (token !== undefined) {
    // RFC 6750 section 2.1: no blank is part of a token
    if (!printable.test(token) || token.includes(' ')) report.error([...at, 'token'], 'token must be visible ASCII')
    return { name: 'authorization', value: `Bearer ${token}` }
  }
  if (header !== undefined) {
    if (taken.test(header.name)) report.error([...at, 'header', 'name'], `${header.name} is said by the bridge itself`)
    if (!printable.test(header.secret)) report.error([...at, 'header', 'secret'], 'secret must be printable ASCII')
    return { name: header.name.toLowerCase(), value: header.secret }
  }
  if (user === undefined || password === undefined) return undefined
  if (user.includes(':')) report.error([...at, 'user'], 'user must not hold a colon (RFC 7617)')
  return { name: 'authorization', value: `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}` }
}
