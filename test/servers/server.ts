import type { DirectoryAccount } from '../../src/cli/private-server/slapd-config.ts'

/** The servers that tests can have; each has a file of its own beside this one. */
export type ServerKind = SqlServerKind | 'openldap'

/** Those that speak SQL and give each test a database; a directory gives a suffix instead. */
export type SqlServerKind = 'mariadb' | 'postgres'

export const titles: Readonly<Record<ServerKind, string>> = {
  mariadb: 'MariaDB',
  postgres: 'PostgreSQL',
  openldap: 'OpenLDAP',
}

/** Who connects to a database: `app` owns the fresh ones and is what a bridge is given, `admin` may do everything. */
export interface Account {
  readonly user: string
  readonly password: string
}

/** Certificates in the folder of an instance, all of them thrown away with it. */
export interface Certificates {
  /** The authority that signed both certificates below. */
  readonly caFile: string
  /** An authority that signed neither. */
  readonly strangerCaFile: string
  /** For localhost and 127.0.0.1; the server presents it unless it was started with another. */
  readonly right: KeyPair
  /** Signed by the same authority, for a host that is not this one. */
  readonly wrongName: KeyPair
}

export interface KeyPair {
  readonly certFile: string
  readonly keyFile: string
}

/** What there is to know about a running instance: plain data, so that it can be handed to another process. */
export type Facts = SqlFacts | DirectoryFacts

/** Those of one kind of server. */
export type FactsOf<K extends ServerKind> = K extends SqlServerKind ? SqlFacts : DirectoryFacts

interface CommonFacts {
  readonly host: string
  readonly port: number
  readonly pid: number
  readonly version: string
  readonly folder: string
  readonly logFile: string
  readonly certificates: Certificates
}

export interface SqlFacts extends CommonFacts {
  readonly kind: SqlServerKind
  readonly admin: Account
  readonly app: Account
}

export interface DirectoryFacts extends CommonFacts {
  readonly kind: 'openldap'
  /** Of ldaps; `port` takes ldap, and StartTLS. */
  readonly tlsPort: number
  readonly ldapiUrl: string
  /** May change the configuration of the server while it runs (slapd-config(5)). */
  readonly config: DirectoryAccount
}

/** The addresses of a server. */
export const urlsOf = ({ host, port, tlsPort, ldapiUrl }: DirectoryFacts) => ({
  url: `ldap://${host}:${port}`,
  ldapsUrl: `ldaps://${host}:${tlsPort}`,
  ldapiUrl,
})

export interface StartOptions {
  /** What the server says to a client that asks who it is; `right` unless given. */
  readonly certificate?: 'right' | 'wrongName'
  /** 200 unless given; of databases. */
  readonly maxConnections?: number
}

/** A kind of server: what it needs on the machine, and how an instance of it comes to life. */
export interface Starter<F extends Facts = Facts> {
  readonly programs: readonly string[]
  readonly packages: readonly string[]
  start(options: StartOptions): Promise<Instance<F>>
}

/** An instance together with its life; only the process that started it has this. */
export interface Instance<F extends Facts = Facts> {
  readonly facts: F
  /** Stops it in order; what was committed is there after `start`. */
  stop(): Promise<void>
  /** Ends it from one moment to the next, as a crash of the process would. */
  kill(): Promise<void>
  /** Starts it again on the same port; the pid of `facts` is that of the first start. */
  start(): Promise<number>
  /** Freezes the process: connections are accepted by the system and never answered. */
  pause(): void
  resume(): void
  /** Ends it for good and removes its folder. */
  end(): Promise<void>
}
