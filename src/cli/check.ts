import type { CapabilityRow } from '../plan/capabilities.ts'
import { capabilitiesOf, operators } from '../plan/capabilities.ts'
import { command } from './command.ts'
import { loadApplication } from './load.ts'

const spec = {
  name: 'check',
  summary: 'Prints all problems of a mapping file, or for each attribute and operator how a filter is answered.',
  operands: { shown: '<mapping.yaml>', least: 1, most: 1 },
  options: {},
} as const

export const check = command(spec, async (_options, [file = ''], { env, print }) => {
  const { catalog, store } = loadApplication(file, { env })
  for (const mapping of catalog.types) {
    print(`${mapping.type.name}  (${mapping.type.endpoint})`)
    table(capabilitiesOf(mapping, (leaf) => store.say(leaf))).forEach(print)
    print('')
  }
  for (const { name, endpoint, upstream, declared } of catalog.upstreams) {
    print(`${name}  (${endpoint})`)
    print(`  passed through to ${upstream.url}, which alone knows what it can answer`)
    print(`  its schema is ${declared === undefined ? 'what that service says of it' : declared.schema.id}`)
    print('')
  }
  print(legend)
})

const legend = [
  'exact     the backend answers alone',
  'superset  the backend narrows, the bridge rechecks',
  'bridge    the bridge looks at records one by one, up to scanLimit',
  'no        400 invalidFilter',
].join('\n')

function table(rows: readonly CapabilityRow[]): readonly string[] {
  const width = Math.max(...rows.map((row) => short(row.attribute).length), 9)
  const head = `  ${'attribute'.padEnd(width)}  ${operators.map((op) => op.padEnd(8)).join('  ')}`
  return [
    head.trimEnd(),
    ...rows.map((row) =>
      `  ${short(row.attribute).padEnd(width)}  ${operators.map((op) => row.capabilities[op].padEnd(8)).join('  ')}`.trimEnd(),
    ),
  ]
}

/** `…User:department` for an extension's attribute: the table is wide enough. */
const short = (name: string): string => name.replace(/^urn:.*:(\w+:)/, '…$1')
