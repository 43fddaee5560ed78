import { isLoopback } from '../base/loopback.ts'
import type { Config } from '../config.ts'
import type { FilePath } from '../mapping/load.ts'
import { tokenVariable } from './environment-token.ts'

type Report = (path: FilePath, message: string, hint?: string) => void

/** What no setting shows alone: secure defaults, names that must agree, paths that must not overlap. */
export function crossCheck(config: Config, report: Report): void {
  const { listen, tokens, allowAnonymous, applications } = config
  const local = isLoopback(listen.host)
  if (tokens.length === 0 && !allowAnonymous) {
    report(
      ['tokens'],
      'no token is configured',
      `set tokens or ${tokenVariable}; allowAnonymous serves without, on loopback`,
    )
  }
  if (allowAnonymous && !local) {
    report(['allowAnonymous'], 'allowAnonymous is for loopback only', 'listen on 127.0.0.1 or configure a token')
  }
  if (!local && !listen.insecureHttp) {
    report(
      ['listen', 'host'],
      `listen.host ${listen.host} is not loopback, and the bridge speaks plain HTTP: tokens and personal data would cross the network in the clear`,
      'listen on 127.0.0.1 behind a proxy that ends TLS, or set listen.insecureHttp for a network you trust',
    )
  }
  if (applications.length === 0) {
    report(['applications'], 'no application is configured', 'name a mapping file')
  }
  checkTokens(config, report)
  checkPaths(config, report)
}

function checkTokens({ tokens, applications, passThrough }: Config, report: Report): void {
  const names = new Set<string>()
  const digests = new Set<string>()
  tokens.forEach((token, at) => {
    if (names.has(token.name)) report(['tokens', at, 'name'], `the token name ${token.name} is there twice`)
    if (digests.has(token.sha256)) report(['tokens', at, 'sha256'], `token ${token.name} is the same as another`)
    names.add(token.name)
    digests.add(token.sha256)
    token.applications?.forEach((name, index) => {
      if (!applications.some((application) => application.name === name)) {
        report(['tokens', at, 'applications', index], `there is no application ${name}`)
      }
    })
    token.passThrough?.forEach((name, index) => {
      if (!passThrough.some((one) => one.name === name)) {
        report(['tokens', at, 'passThrough', index], `there is no pass-through path ${name}`)
      }
    })
  })
}

function checkPaths({ applications, passThrough }: Config, report: Report): void {
  const places = [
    ...applications.map((one) => ({ ...one, section: 'applications' })),
    ...passThrough.map((one) => ({ ...one, section: 'passThrough' })),
  ]
  places.forEach((application, at) => {
    const path = application.path.toLowerCase()
    const other = places
      .slice(0, at)
      .find(
        (one) =>
          `${path}/`.startsWith(`${one.path.toLowerCase()}/`) || `${one.path.toLowerCase()}/`.startsWith(`${path}/`),
      )
    if (other !== undefined) {
      report(
        [application.section, application.name, 'path'],
        `the path ${application.path} of ${application.name} overlaps with ${other.path} of ${other.name}`,
      )
    }
  })
}
