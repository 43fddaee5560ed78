import { afterAll, afterEach, beforeAll } from 'vitest'
import { equal } from '../../../../src/backends/ldap/filter.ts'
import type { Result } from '../../../../src/backends/ldap/operation.ts'
import { openProxy } from '../../../faults/proxy.ts'
import type { Proxy } from '../../../faults/proxy.ts'
import { admin, open, search, startSlapd } from './slapd-fixture.ts'
import type { Opened, Slapd } from './slapd-fixture.ts'
import { quick } from './timed.ts'

/** A slapd behind a proxy that can fail, for the tests of a block; after each of them both work again. */
export interface Proxied {
  readonly slapd: Slapd
  readonly proxy: Proxy
  /** Connections by way of the proxy, closed after the test. */
  dial(words?: Record<string, unknown>): Promise<Opened>
  find(directory: Opened): Promise<Result>
}

export function proxied(): Proxied {
  let slapd: Slapd
  let proxy: Proxy
  const opened: Opened[] = []
  beforeAll(async () => {
    slapd = await startSlapd({ entries: 3_000 })
    proxy = await openProxy({ host: '127.0.0.1', port: slapd.port, protocol: 'lines' })
  })
  afterEach(async () => {
    slapd.thaw()
    await proxy.mode({ kind: 'pass' })
    await Promise.all(opened.splice(0).map((one) => one.close()))
  })
  afterAll(async () => {
    await proxy.close()
    await slapd.stop()
  })
  return {
    get slapd() {
      return slapd
    },
    get proxy() {
      return proxy
    },
    async dial(words = {}) {
      const made = await open({ url: `ldap://127.0.0.1:${proxy.port}`, bind: admin, timeouts: quick, ...words })
      opened.push(made)
      return made
    },
    find: (directory) => directory.ask(search({ filter: equal('uid', 'user1') })),
  }
}
