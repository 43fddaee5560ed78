import { Attribute, Change, Client, InvalidCredentialsError } from 'ldapts'
import type { DirectoryAccount } from '../../src/cli/private-server/slapd-config.ts'

export type Values = Readonly<Record<string, string | readonly string[]>>

/** What becomes of an entry: the values to put in, to add, to take out (none given: all of them). */
export interface Changes {
  readonly replace?: Values
  readonly add?: Values
  readonly delete?: Values
}

export interface SearchFor {
  /** `sub` unless given. */
  readonly scope?: 'base' | 'one' | 'sub'
  readonly filter?: string
  /** All that are not operational unless given. */
  readonly attributes?: readonly string[]
}

export interface Found {
  readonly dn: string
  /** By the names that were asked for, else as the server spells them; only what the entry has. */
  readonly values: Readonly<Record<string, readonly string[]>>
}

/** The directory beside the bridge, on one connection that is opened when it is first needed, and again after a loss. */
export interface DirectoryClient {
  search(base: string, options?: SearchFor): Promise<readonly Found[]>
  /** One entry; undefined when it is not there. */
  read(dn: string, attributes?: readonly string[]): Promise<Found | undefined>
  add(dn: string, values: Values): Promise<void>
  modify(dn: string, changes: Changes): Promise<void>
  rename(dn: string, to: string): Promise<void>
  remove(dn: string): Promise<void>
  /** A bound client of ldapts itself, for what is said in no other way; it goes with this one. */
  raw(): Promise<Client>
  close(): Promise<void>
}

export function directoryClient(url: string, { dn, password }: DirectoryAccount): DirectoryClient {
  let open: Client | undefined
  const raw = async (): Promise<Client> => {
    if (open?.isConnected === true) return open
    const client = new Client({ url, strictDN: false })
    await client.bind(dn, password)
    return (open = client)
  }
  const search: DirectoryClient['search'] = async (base, { scope = 'sub', filter, attributes = [] } = {}) => {
    const client = await raw()
    const options = { scope, attributes: [...attributes], ...(filter === undefined ? {} : { filter }) }
    const { searchEntries } = await client.search(base, options)
    return searchEntries.map(({ dn: at, ...values }) => ({ dn: at, values: textsOf(values) }))
  }
  return {
    raw,
    search,
    async read(at, attributes = []) {
      try {
        return (await search(at, { scope: 'base', attributes }))[0]
      } catch (error) {
        if ((error as { code?: number }).code === 32) return undefined
        throw error
      }
    },
    add: async (at, values) => (await raw()).add(at, attributesOf(values)),
    modify: async (at, changes) => (await raw()).modify(at, changesOf(changes)),
    rename: async (at, to) => (await raw()).modifyDN(at, to),
    remove: async (at) => (await raw()).del(at),
    close: async () => open?.unbind(),
  }
}

/** Whether somebody gets in; what is neither a yes nor a no is thrown. */
export async function canBind(url: string, dn: string, password: string): Promise<boolean> {
  const client = new Client({ url, strictDN: false })
  try {
    await client.bind(dn, password)
    return true
  } catch (error) {
    if (error instanceof InvalidCredentialsError) return false
    throw error
  } finally {
    await client.unbind()
  }
}

const attributesOf = (values: Values): Attribute[] =>
  Object.entries(values).map(([type, of]) => new Attribute({ type, values: [of].flat() }))

const changesOf = (changes: Changes): Change[] =>
  (['delete', 'add', 'replace'] as const).flatMap((operation) =>
    attributesOf(changes[operation] ?? {}).map((modification) => new Change({ operation, modification })),
  )

function textsOf(values: Readonly<Record<string, unknown>>): Found['values'] {
  const all = Object.entries(values).map(([name, of]): [string, string[]] => [name, [of].flat().map(String)])
  // ldapts answers an attribute that was asked for and is not there with an empty list
  return Object.fromEntries(all.filter(([, of]) => of.length > 0))
}
