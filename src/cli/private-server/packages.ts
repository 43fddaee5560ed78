import { rmSync, writeFileSync } from 'node:fs'
import { findProgram } from './programs.ts'
import { isRoot } from './run-as.ts'
import { run } from './run.ts'

/** Why a server cannot be had. */
export interface Missing {
  readonly missing: string
}

export interface Needs {
  readonly programs: readonly string[]
  readonly packages: readonly string[]
}

/** What the installation depends on; a test puts its own in their place. */
export interface Machine {
  has(program: string): boolean
  readonly root: boolean
  apt(args: readonly string[]): Promise<unknown>
  readonly policyFile: string
}

const thisMachine: Machine = {
  has: (name) => findProgram(name) !== undefined,
  root: isRoot(),
  // another installation, or an upgrade by the system itself, may hold dpkg's lock
  apt: (args) =>
    run(findProgram('apt-get') ?? 'apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=600', ...args], {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    }),
  policyFile: '/usr/sbin/policy-rc.d',
}

/** Installs what is not there, having said so; undefined when all programs are there afterwards, else the reason. */
export async function install(
  needs: Needs,
  machine: Machine = thisMachine,
  say: (text: string) => void = () => undefined,
): Promise<Missing | undefined> {
  const absent = needs.programs.filter((one) => !machine.has(one))
  if (absent.length === 0) return undefined
  const lack = `${absent.join(', ')} not installed`
  const packages = needs.packages.join(' ')
  if (!machine.has('apt-get')) return { missing: `${lack}, and no apt-get to install ${packages} with` }
  if (!machine.root) return { missing: `${lack}; as root, or after apt-get install ${packages}, it would be` }
  say(`${lack}: apt-get install ${packages}`)
  try {
    await withoutDaemons(machine.policyFile, () => installPackages(needs.packages, machine))
  } catch (error) {
    return { missing: `${lack}, and apt-get install ${packages} failed: ${(error as Error).message}` }
  }
  const still = needs.programs.filter((one) => !machine.has(one))
  return still.length === 0 ? undefined : { missing: `${packages} installed, but without ${still.join(', ')}` }
}

async function installPackages(packages: readonly string[], { apt }: Machine): Promise<void> {
  const wanted = ['install', '-y', '--no-install-recommends', ...packages]
  try {
    await apt(wanted)
  } catch {
    // most often the lists are absent (a fresh container) or name versions that the mirror no longer has
    await apt(['update'])
    await apt(wanted)
  }
}

/**
 * Debian starts a daemon when its package is installed unless this file says 101, "forbidden by policy"
 * (https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt). A file that somebody else put there stays.
 */
async function withoutDaemons(file: string, work: () => Promise<void>): Promise<void> {
  const ours = put(file)
  try {
    await work()
  } finally {
    if (ours) rmSync(file, { force: true })
  }
}

function put(file: string): boolean {
  try {
    writeFileSync(file, '#!/bin/sh\nexit 101\n', { flag: 'wx', mode: 0o755 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
