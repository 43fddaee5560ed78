import { BridgeError } from '../../base/errors.ts'

/** A directory server as its URL gives it. */
export interface Server {
  /** As it is told to an operator: scheme, host and port, or the socket. */
  readonly url: string
  readonly at: { readonly kind: 'tcp'; readonly host: string; readonly port: number } | SocketPath
  readonly encryption: 'none' | 'ldaps' | 'startTls'
  /** Over a network in clear it is not; to this machine itself it is. Passwords are only written where it is. */
  readonly isProtected: boolean
}

interface SocketPath {
  readonly kind: 'socket'
  readonly path: string
}

/** Each item may hold several, separated by blanks or commas: one environment variable is one string. */
export function serversOf(said: readonly string[], startTls: boolean): readonly Server[] {
  const texts = [...new Set(said.flatMap((one) => one.split(/[\s,]+/)).filter((one) => one !== ''))]
  if (texts.length === 0) throw invalid('backend.urls names no server')
  return texts.map((text) => serverOf(text, startTls))
}

function serverOf(text: string, startTls: boolean): Server {
  const at = URL.parse(text)
  if (at === null || !['ldap:', 'ldaps:', 'ldapi:'].includes(at.protocol))
    throw invalid(
      'backend.urls: a server is written ldap://host:389, ldaps://host:636 or ldapi://%2Fpath%2Fto%2Fsocket',
    )
  if (at.username !== '' || at.password !== '')
    throw invalid('backend.urls takes no user and no password: backend.bind says them')
  if (!['', '/'].includes(at.pathname) || at.search !== '' || at.hash !== '')
    throw invalid('backend.urls takes no base, filter or options: the resources of the mapping say them')
  if (at.protocol === 'ldapi:') return socketOf(at)
  if (at.hostname === '') throw invalid(`backend.urls: ${at.protocol}// names no host`)
  const host = at.hostname.replace(/^\[|\]$/g, '')
  const isTls = at.protocol === 'ldaps:'
  const port = at.port === '' ? (isTls ? 636 : 389) : Number(at.port)
  const encryption = isTls ? 'ldaps' : startTls ? 'startTls' : 'none'
  return {
    url: `${at.protocol}//${at.hostname}:${port}`,
    at: { kind: 'tcp', host, port },
    encryption,
    isProtected: encryption !== 'none' || isLoopback(host),
  }
}

function socketOf(at: URL): Server {
  if (at.hostname === '')
    throw invalid('backend.urls: ldapi:// names no socket; the slashes of its path are written %2F')
  return {
    url: `ldapi://${at.hostname}`,
    at: { kind: 'socket', path: decoded(at.hostname) },
    encryption: 'none',
    isProtected: true,
  }
}

export const isLoopback = (host: string): boolean =>
  host.toLowerCase() === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalid('backend.urls: the path of ldapi:// is percent-encoded; a % that is meant as such is written %25')
  }
}

const invalid = (detail: string): BridgeError => new BridgeError('invalidMapping', detail)
