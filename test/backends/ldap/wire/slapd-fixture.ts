import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, it } from 'vitest'
import { ldapConfig } from '../../../../src/backends/ldap/config.ts'
import type { Entry, Operation, Search } from '../../../../src/backends/ldap/operation.ts'
import type { Wire, WireHooks } from '../../../../src/backends/ldap/wire/wire.ts'
import { openWire } from '../../../../src/backends/ldap/wire/open-wire.ts'
import { freePort } from '../../../../src/cli/private-server/port.ts'
import { findProgram, program } from '../../../../src/cli/private-server/programs.ts'
import { run } from '../../../../src/cli/private-server/run.ts'

export const suffix = 'dc=example,dc=test'
export const people = `ou=people,${suffix}`
export const admin = { dn: `cn=admin,${suffix}`, password: 's3cret' }
/** An account that finds five entries at a time, and any number by pages. */
export const reader = { dn: `cn=reader,${suffix}`, password: 'reader' }

export interface Slapd {
  readonly port: number
  readonly tlsPort: number
  readonly url: string
  readonly folder: string
  /** `ldapi://` with the path of its socket. */
  readonly socketUrl: string
  /** What it logged so far: connections, operations, results. */
  log(): string
  /** Resolves when it stands still. */
  freeze(): Promise<void>
  thaw(): void
  kill(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

export interface SlapdOptions {
  /** PEM files; without them it speaks no TLS. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string; readonly caFile: string }
  readonly entries?: number
  /** Before the database section, and in it. */
  readonly global?: string
  readonly database?: string
}

const schemas = ['core', 'cosine', 'inetorgperson', 'nis'].map((name) => `include /etc/ldap/schema/${name}.schema`)

/** What is left to end when a test failed before it did so. */
const left = new Set<() => Promise<void>>()
const endAll = async (): Promise<void> => {
  await Promise.all([...left].map((end) => end()))
}

/** An OpenLDAP of the test's own, with `entries` people `uid=user0` and so on below `ou=people`. */
export async function startSlapd({ tls, entries = 20, global = '', database = '' }: SlapdOptions = {}): Promise<Slapd> {
  const folder = mkdtempSync('/tmp/scim-bridge-slapd-')
  mkdirSync(join(folder, 'db'))
  let child: ChildProcess | undefined
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child
    if (ending === undefined) return
    child = undefined
    const exited = new Promise((resolve) => ending.once('exit', resolve))
    ending.kill('SIGCONT')
    ending.kill(signal)
    await exited
  }
  const stop = async (): Promise<void> => {
    left.delete(stop)
    await end('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  }
  left.add(stop)
  const conf = join(folder, 'slapd.conf')
  writeFileSync(conf, confOf(folder, tls, global, database))
  const ldif = join(folder, 'seed.ldif')
  writeFileSync(ldif, ldifOf(entries))
  await run(program('slapadd'), ['-q', '-f', conf, '-b', suffix, '-l', ldif])
  const port = await freePort()
  const tlsPort = await freePort()
  const socketUrl = `ldapi://${encodeURIComponent(join(folder, 'ldapi'))}`
  const urls = [`ldap://127.0.0.1:${port}`, ...(tls ? [`ldaps://127.0.0.1:${tlsPort}`] : []), socketUrl].join(' ')
  let said = ''

  const start = async (): Promise<void> => {
    const started = spawn(program('slapd'), ['-f', conf, '-h', urls, '-d', '256'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    child = started
    const from = said.length
    started.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()))
    while (!said.includes('slapd starting', from)) {
      if (started.exitCode !== null) throw new Error(`slapd ended: ${said.slice(-500)}`)
      await sleep(10)
    }
    // it says so before it listens
    await until(() => listens(port))
  }
  await start()
  return {
    port,
    tlsPort,
    url: `ldap://127.0.0.1:${port}`,
    folder,
    socketUrl,
    log: () => said,
    async freeze() {
      child?.kill('SIGSTOP')
      // the threads of a process stop one after the other
      await until(() => threadsOf(child?.pid).every((state) => state === 'T'))
    },
    thaw: () => void child?.kill('SIGCONT'),
    kill: () => end('SIGKILL'),
    start,
    stop,
  }
}

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' }, () => resolve(true))
    socket.once('connect', () => socket.destroy()).on('error', () => resolve(false))
  })

const threadsOf = (pid: number | undefined): readonly string[] =>
  readdirSync(`/proc/${pid}/task`).map((id) =>
    readFileSync(`/proc/${pid}/task/${id}/stat`, 'utf8').replace(/^.*\) (.).*$/s, '$1'),
  )

function confOf(folder: string, tls: SlapdOptions['tls'], global: string, database: string): string {
  const secure = tls
    ? [
        `TLSCACertificateFile ${tls.caFile}`,
        `TLSCertificateFile ${tls.certFile}`,
        `TLSCertificateKeyFile ${tls.keyFile}`,
      ]
    : []
  return [
    ...schemas,
    'modulepath /usr/lib/ldap',
    'moduleload back_mdb',
    `pidfile ${folder}/slapd.pid`,
    'threads 4',
    'conn_max_pending_auth 5000',
    `authz-regexp "gidNumber=.*,cn=peercred,cn=external,cn=auth" "${admin.dn}"`,
    ...secure,
    global,
    'database mdb',
    `suffix ${suffix}`,
    `directory ${folder}/db`,
    `rootdn ${admin.dn}`,
    `rootpw ${admin.password}`,
    'dbnosync',
    'maxsize 1073741824',
    'index objectClass,entryUUID,uid eq',
    'limits anonymous size=unlimited',
    `limits dn.exact="${reader.dn}" size.soft=5 size.hard=5 size.prtotal=unlimited`,
    'access to attrs=userPassword by anonymous auth by * none',
    'access to * by * read',
    database,
  ].join('\n')
}

function ldifOf(entries: number): string {
  const dc = `dn: ${suffix}\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: Example\n`
  const ou = `dn: ${people}\nobjectClass: organizationalUnit\nou: people\n`
  const account = [
    `dn: ${reader.dn}`,
    'objectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader',
    `userPassword: ${reader.password}\n`,
  ].join('\n')
  const users = Array.from({ length: entries }, (_, at) =>
    [
      `dn: uid=user${at},${people}`,
      'objectClass: inetOrgPerson',
      `uid: user${at}`,
      `cn: User ${at}`,
      `sn: S${at}\n`,
    ].join('\n'),
  )
  return [dc, ou, account, ...users].join('\n')
}

/** A block of tests that start servers of their own; without slapd there is one skipped test that says why. */
export function describeSlapd(title: string, body: () => void): void {
  if (findProgram('slapd') !== undefined && findProgram('slapadd') !== undefined)
    describe(title, () => {
      afterAll(endAll)
      body()
    })
  else describe(title, () => it('needs OpenLDAP', ({ skip }) => skip('OpenLDAP: slapd is not installed')))
}

export interface Opened extends Wire {
  /** What an operator was told: `used`, `slow`, `away` with the URL, and referrals. */
  readonly told: string[]
  ask(operation: Operation): ReturnType<Wire['execute']>
}

export async function open(section: Record<string, unknown>): Promise<Opened> {
  const told: string[] = []
  const hooks: WireHooks = {
    onReferral: (text) => told.push(`referral ${text}`),
    onServer: ({ url, state }) => told.push(`${state} ${url}`),
  }
  const directory = await openWire(ldapConfig({ kind: 'ldap', ...section }, '/'), hooks)
  return { ...directory, told, ask: (operation) => directory.execute(operation, { signal: unhurried }) }
}

export const unhurried = new AbortController().signal

export const search = (words: Partial<Search> = {}): Search => ({
  kind: 'search',
  base: people,
  scope: 'one',
  filter: { kind: 'present', attribute: 'objectClass' },
  attributes: ['uid'],
  binary: new Set(),
  ...words,
})

export const person = (uid: string, more: Extract<Operation, { kind: 'add' }>['attributes'] = []): Operation => ({
  kind: 'add',
  dn: `uid=${uid},${people}`,
  attributes: [
    { attribute: 'objectClass', values: ['inetOrgPerson'] },
    { attribute: 'uid', values: [uid] },
    { attribute: 'cn', values: [uid] },
    { attribute: 'sn', values: [uid] },
    ...more,
  ],
})

export const valuesIn = (entries: readonly Entry[], attribute: string): readonly unknown[] =>
  entries.flatMap((one) => one.values.get(attribute) ?? [])

export const count = (text: string, word: RegExp): number => text.match(new RegExp(word, 'g'))?.length ?? 0

export async function until(holds: () => boolean | Promise<boolean>, milliseconds = 10_000): Promise<void> {
  const end = performance.now() + milliseconds
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it did not come about in time')
    await sleep(20)
  }
}
