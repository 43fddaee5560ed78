import type { z } from 'zod'
import {
  applicationSettings,
  passThroughSettings,
  sections,
  single,
  tokenSettings,
  upstreamSettings,
} from './defaults.ts'
import { shortestToken, tokenVariable } from './environment-token.ts'

type Settings = Readonly<Record<string, z.ZodType>>

const intro = [
  '# Configuration',
  '',
  '<!-- Generated from src/config/defaults.ts; `vitest run test/config -u` writes it anew. -->',
  '',
  'Everything has a default, so a mapping file and a token are enough. What differs goes into a YAML file, `bridge.yaml`; flags of the',
  'command line go before it. `${NAME}`, `${NAME:-default}` and `${file:/run/secrets/x}` in a value are replaced. All problems are',
  'reported at once, with file, line and column, before the port opens.',
  '',
  '```yaml',
  'listen: { host: 127.0.0.1, port: 8080, publicUrl: "https://scim.example.com" }',
  'tokens:',
  '  - { name: entra, sha256: "${file:/run/secrets/entra.sha256}" }',
  'applications:',
  '  hr: mappings/hr.yaml',
  '```',
  '',
]

const columns = (rows: readonly (readonly string[])[]): readonly string[] =>
  rows.map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)

function table(prefix: string, settings: Settings): readonly string[] {
  const rows = Object.entries(settings).map(([key, schema]) => {
    const meta = schema.meta()
    const value = meta?.default
    return [
      `\`${prefix}${key}\``,
      value === undefined ? '' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``,
      meta?.description ?? '',
    ]
  })
  return columns([['setting', 'default', 'meaning'], ['---', '---', '---'], ...rows])
}

/** docs/configuration.md: every setting with its default and meaning. */
export function configurationDoc(): string {
  const lines = [
    ...intro,
    ...Object.entries(sections).flatMap(([name, settings]) => [`## ${name}`, '', ...table(`${name}.`, settings), '']),
    '## tokens',
    '',
    'A list. Clients send `Authorization: Bearer <token>`; only digests are configured and kept. One more token may be given in the',
    `environment as \`${tokenVariable}\`, of at least ${shortestToken} characters.`,
    '',
    ...table('tokens[].', tokenSettings),
    '',
    '## applications',
    '',
    'One entry for each legacy system: `name: mapping file`, or an object.',
    '',
    ...table('applications.<name>.', applicationSettings),
    '',
    '## upstream',
    '',
    'Another SCIM service in the place of a mapping, and the same words under `upstream` of a resource type in a mapping file;',
    '[upstream.md](upstream.md) has the whole of it. At most one credential: `token`, `user` with `password`, or `header`.',
    '',
    ...table('upstream.', upstreamSettings),
    '',
    '## passThrough',
    '',
    'One entry for each path that is passed through to what the application serves beside SCIM. A token opens it only where it says so.',
    '',
    ...table('passThrough.<name>.', passThroughSettings),
    '',
    '## Further settings',
    '',
    ...table('', single),
    '',
  ]
  return lines.join('\n')
}
