import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { startServer } from '../large/server.ts'
import { figuresOf, median, table } from './figures.ts'
import type { Figures } from './figures.ts'
import { kinds, openPlace, pageSize } from './places.ts'
import type { BenchPlace, Kind } from './places.ts'
import { readByWire, walk } from './walks.ts'
import type { Method } from './walks.ts'

/**
 * What a walk through the bridge costs, as a ratio to the plain read of the same by the client of the store itself, in
 * the same run on the same machine: `npm run bench -- --quick --only=sqlite,postgres --rounds=3 --json=walks.json`.
 */
const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: kinds.join(',') },
    rounds: { type: 'string', default: '2' },
    people: { type: 'string' },
    json: { type: 'string' },
  },
})

const people = Number(values.people ?? (values.quick ? 5_000 : 100_000))
const rounds = Number(values.rounds)
/** Pages until the code of the bridge is compiled as far as it will be. */
const warmUp = 400

interface Measured {
  readonly what: 'wire' | Method
  readonly round: number
  readonly first: number
  readonly rest: Figures
  /** Processor time a page, in milliseconds, of the plain client or of the bridge; how busy others are hardly changes it. */
  readonly cpu: number
  /** Milliseconds a page against those of the wire client in the same round. */
  readonly ratio: number
}

const results: Record<string, readonly Measured[]> = {}
for (const kind of values.only.split(',') as readonly Kind[]) {
  if (!kinds.includes(kind)) throw new Error(`there is no ${kind}; there are ${kinds.join(', ')}`)
  const place = await openPlace(kind, people)
  if ('missing' in place) {
    process.stderr.write(`${kind}: ${place.missing}\n`)
    continue
  }
  try {
    results[place.name] = await measure(place)
    process.stdout.write(`\n${place.name}\n${tableOf(results[place.name] ?? [])}\n`)
  } finally {
    await place.close()
  }
}

async function measure(place: BenchPlace): Promise<readonly Measured[]> {
  const server = await startServer(place.seeded, 512)
  const measured: Measured[] = []
  try {
    // both are warm: code is compiled, and the store has its pages in memory
    await readByWire(place)
    for (let i = 0; i < warmUp; i++)
      await server
        .fetch(`/Users?count=${pageSize}&startIndex=${1 + (i % 30) * pageSize}&attributes=${place.attributes}`)
        .then((answer) => answer.text())
    let left = (await readByWire(place)).seen
    for (let round = 1; round <= rounds; round++) {
      for (const method of ['cursor', 'index'] as const) {
        const own = process.cpuUsage()
        const wire = await readByWire(place)
        const { user, system } = process.cpuUsage(own)
        if (wire.seen !== left) throw new Error(`${place.name}: ${wire.seen} are read of ${left}`)
        const since = cpuOf(server.pid)
        const walked = await walk(method, place, (path) => server.fetch(path))
        const bridge = cpuOf(server.pid) - since
        if (walked.seen !== left) throw new Error(`${place.name}: a walk by ${method} sees ${walked.seen} of ${left}`)
        const mean = (took: readonly number[]): number => took.reduce((sum, one) => sum + one, 0) / took.length
        const base = mean(wire.took)
        const one = (what: Measured['what'], took: readonly number[], cpu: number): Measured => ({
          ...{ what, round, first: took[0] ?? 0, rest: figuresOf(took.slice(1)) },
          ...{ cpu: cpu / took.length, ratio: mean(took) / base },
        })
        measured.push(one('wire', wire.took, (user + system) / 1000), one(method, walked.took, bridge))
        left = (await readByWire(place)).seen
      }
    }
    return measured
  } finally {
    await server.stop()
  }
}

/** Milliseconds of processor time that a process has taken (proc(5), in ticks of 10 ms). */
function cpuOf(pid: number): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
  const [user = 0, system = 0] = fields.split(' ').slice(11, 13).map(Number)
  return (user + system) * 10
}

function tableOf(measured: readonly Measured[]): string {
  const rows = measured.map(({ what, round, first, rest, cpu, ratio }) => [
    ...[
      what,
      round,
      rest.pages + 1,
      rest.seconds,
      first,
      rest.p50,
      rest.p99,
      rest.max,
      rest.max / rest.p50,
      cpu,
      ratio,
    ],
  ])
  const heads = ['', 'round', 'pages', 's', 'first ms', 'p50', 'p99', 'max', 'max/p50', 'cpu ms', 'x wire']
  const ratios = (what: Method): string =>
    `${what}: ${median(measured.filter((one) => one.what === what).map(({ ratio }) => ratio))} x wire (median of rounds)`
  return `${table([heads, ...rows])}\n${ratios('cursor')}, ${ratios('index')}`
}

const machine = {
  cpu: cpus()[0]?.model ?? '',
  cores: cpus().length,
  load: loadavg().map((one) => Math.round(one * 10) / 10),
  node: process.version,
  date: new Date().toISOString(),
}
process.stdout.write(`\n${people} people, pages of ${pageSize}; ${JSON.stringify(machine)}\n`)
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ people, pageSize, machine, results }, undefined, 2)}\n`)
