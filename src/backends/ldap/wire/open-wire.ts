import { createSecureContext } from 'node:tls'
import { BridgeError } from '../../../base/errors.ts'
import { code } from '../codes.ts'
import { secrets } from '../config.ts'
import type { LdapConfig } from '../config.ts'
import type { Operation, Result, Search } from '../operation.ts'
import type { Wire, WireHooks } from './wire.ts'
import { givenUp } from './given-up.ts'
import { recentWrites } from './recent.ts'
import { referrals } from './referrals.ts'
import { rootDse } from './root-dse.ts'
import { openServers } from './servers.ts'
import type { Ask, Station } from './servers.ts'

const usualPage = 500

/** Nothing is connected before the first operation: a bridge starts while its directory is away. */
export async function openWire(config: LdapConfig, hooks: WireHooks): Promise<Wire> {
  const tls = { context: createSecureContext(secrets(config.tls)), servername: config.tls.servername }
  const servers = openServers(config, tls, hooks)
  const refer = referrals((text) => hooks.onReferral(text))
  const recent = recentWrites(config.settle)

  /**
   * A server may not know yet what another one took: finding nothing where something was written is believed only of the
   * server that took the write, until the others had time to follow.
   */
  async function settled(
    operation: Operation,
    ask: Ask,
    isNothing: (result: Result) => boolean,
  ): Promise<{ result: Result; by: Station }> {
    const first = await servers.ask(ask)
    const last = isNothing(first.result) ? recent.lastFor(operation) : undefined
    if (last === undefined || last === first.by) return first
    return { result: await servers.askOf(last, ask), by: last }
  }

  async function execute(operation: Operation, signal: AbortSignal): Promise<Result> {
    const isSearch = operation.kind === 'search'
    const ask: Ask = { isRepeatable: () => isSearch, of: (pool) => pool.execute(operation, signal) }
    const { result, by } = await settled(operation, ask, (one) => foundNothing(one, isSearch))
    refer(result)
    if (!isSearch && result.code === code.success) recent.taken(operation, by)
    return result
  }

  async function walk(
    search: Search,
    take: Parameters<Wire['walk']>[1],
    { signal, pageSize = usualPage }: Parameters<Wire['walk']>[2],
  ): Promise<Result> {
    const limit = AbortSignal.timeout(config.timeouts.walk)
    let taken = 0
    const ask: Ask = {
      isRepeatable: () => taken === 0,
      of: (pool) =>
        pool.walk(
          search,
          (entries) => {
            taken += entries.length
            take(entries)
          },
          { signal: AbortSignal.any([signal, limit]), pageSize },
        ),
    }
    try {
      const { result } = await settled(search, ask, (one) => taken === 0 && foundNothing(one, true))
      refer(result)
      return result
    } catch (error) {
      if (signal.aborted) throw givenUp(signal)
      if (limit.aborted) throw new BridgeError('timeout', 'the directory took too long to list its entries', error)
      throw error
    }
  }

  return {
    execute: (operation, { signal }) => execute(operation, signal),
    walk,
    protected: config.servers.every((one) => one.isProtected),
    ping: async (signal) => {
      await servers.ask({ isRepeatable: () => true, of: (pool) => pool.execute(rootDse, signal) })
    },
    close: () => servers.close(),
  }
}

const foundNothing = ({ code: answered, entries }: Result, isSearch: boolean): boolean =>
  answered === code.noSuchObject || (isSearch && answered === code.success && entries.length === 0)
