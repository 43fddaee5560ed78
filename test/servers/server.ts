/** The servers that tests can have; each has a file of its own beside this one. */
export type ServerKind = 'mariadb' | 'postgres'

export const titles: Readonly<Record<ServerKind, string>> = { mariadb: 'MariaDB', postgres: 'PostgreSQL' }

/** Who connects: `app` owns the fresh databases and is what a bridge is given, `admin` may do everything. */
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
export interface Facts {
  readonly kind: ServerKind
  readonly host: string
  readonly port: number
  readonly pid: number
  readonly version: string
  readonly folder: string
  readonly logFile: string
  readonly admin: Account
  readonly app: Account
  readonly certificates: Certificates
}

export interface StartOptions {
  /** What the server says to a client that asks who it is; `right` unless given. */
  readonly certificate?: 'right' | 'wrongName'
  /** 200 unless given. */
  readonly maxConnections?: number
}

/** A kind of server: what it needs on the machine, and how an instance of it comes to life. */
export interface Starter {
  readonly programs: readonly string[]
  readonly packages: readonly string[]
  start(options: StartOptions): Promise<Instance>
}

/** An instance together with its life; only the process that started it has this. */
export interface Instance {
  readonly facts: Facts
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
