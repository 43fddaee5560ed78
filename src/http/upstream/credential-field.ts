import type { Upstream } from '../../mapping/upstream.ts'

/** The header field that authenticates the bridge to an upstream, if it has one. */
export const credentialField = ({ credential }: Upstream): Readonly<Record<string, string>> =>
  credential === undefined ? {} : { [credential.name]: credential.value }
