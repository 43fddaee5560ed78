import { BlockList, isIPv6 } from 'node:net'
import type { IncomingMessage } from 'node:http'
import { BridgeError } from '../base/errors.ts'

/** Where clients reach the bridge. */
export interface PublicAddress {
  /** The configured URL without a trailing slash; undefined: taken from the request. */
  readonly publicUrl: string | undefined
  /** Addresses and networks whose X-Forwarded-Proto and X-Forwarded-Host are believed. */
  readonly trustedProxies: readonly string[]
}

/** host [ ":" port ] of RFC 3986 section 3.2: a name, an IPv4 address or an IPv6 address in brackets. */
const hostPattern = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9.])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/

/** Adds `10.0.0.0/8`, `::1` or `192.0.2.7` to a list; false when the text is none of them. */
function addNetwork(list: BlockList, text: string): boolean {
  const [address = '', prefix] = text.split('/')
  const family = isIPv6(address) ? 'ipv6' : 'ipv4'
  try {
    if (prefix === undefined) list.addAddress(address, family)
    else if (/^\d+$/.test(prefix)) list.addSubnet(address, Number(prefix), family)
    else return false
    return true
  } catch {
    return false
  }
}

export const isNetwork = (text: string): boolean => addNetwork(new BlockList(), text)

/** The last value of a list header: the one that the trusted peer itself has written. */
const last = (header: string | readonly string[] | undefined): string | undefined =>
  (typeof header === 'string' ? header : header?.join(','))?.split(',').at(-1)?.trim()

/** How to find the public root of a request: `https://scim.example.com`. */
export function publicRoot(address: PublicAddress): (request: IncomingMessage) => string {
  const { publicUrl } = address
  if (publicUrl !== undefined) {
    const root = publicUrl.replace(/\/+$/, '')
    return () => root
  }
  const trusted = new BlockList()
  for (const network of address.trustedProxies) addNetwork(trusted, network)
  const isTrusted = (peer: string): boolean => {
    const plain = peer.startsWith('::ffff:') ? peer.slice(7) : peer
    return trusted.check(plain, isIPv6(plain) ? 'ipv6' : 'ipv4')
  }
  return (request) => {
    const forwarded = isTrusted(request.socket.remoteAddress ?? '')
    const host = (forwarded ? last(request.headers['x-forwarded-host']) : undefined) ?? request.headers.host
    const proto = (forwarded ? last(request.headers['x-forwarded-proto']) : undefined)?.toLowerCase()
    const scheme = proto === 'https' ? 'https' : 'http'
    if (host === undefined || host === '') return `${scheme}://${ownAddress(request)}`
    if (!hostPattern.test(host)) throw new BridgeError('invalidSyntax', 'The Host header is not a host and port')
    return `${scheme}://${host}`
  }
}

/** RFC 9112 section 3.2: HTTP/1.1 has exactly one Host header. Checked whether or not its value is used. */
export function checkHost(request: IncomingMessage): void {
  const count = request.headersDistinct.host?.length ?? 0
  if (count > 1 || (count === 0 && request.httpVersion !== '1.0')) {
    throw new BridgeError('invalidSyntax', 'A request has one Host header')
  }
}

/** HTTP/1.0 clients may leave the Host header out. */
function ownAddress(request: IncomingMessage): string {
  const { localAddress = '127.0.0.1', localPort = 80 } = request.socket
  return `${isIPv6(localAddress) ? `[${localAddress}]` : localAddress}:${localPort}`
}
