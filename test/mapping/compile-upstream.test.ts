import { describe, expect, it } from 'vitest'
import { catalogOf, problemsOf } from './compiled.ts'

const file = (more: string, schemas = ''): string => `version: 1
backend: { kind: memory }
${schemas}resources:
  User: { attributes: { userName: login } }
${more}
`

describe('a resource type that another service serves', () => {
  it('is kept apart from what is mapped', () => {
    const { types, upstreams } = catalogOf(
      file(
        '  Device: { upstream: { url: "https://scim.example.com/v2/Devices/", token: "${TOKEN}", timeout: 2s } }\n' +
          '  Room: { endpoint: /Places, description: Rooms., schema: room, extensions: [enterprise], upstream: { url: "http://localhost/Rooms" } }',
        'schemas: { room: { id: "urn:example:room", attributes: [{ name: floor }] } }\n',
      ),
      { TOKEN: 'abc' },
    )
    expect(types.map(({ type }) => type.name)).toEqual(['User'])
    expect(upstreams).toMatchObject([
      {
        name: 'Device',
        endpoint: '/Devices',
        description: undefined,
        declared: undefined,
        upstream: {
          url: 'https://scim.example.com/v2/Devices',
          credential: { name: 'authorization', value: 'Bearer abc' },
          timeout: 2000,
        },
      },
      {
        name: 'Room',
        endpoint: '/Places',
        description: 'Rooms.',
        declared: { schema: { id: 'urn:example:room' }, extensions: [{ required: false }] },
        upstream: { credential: undefined },
      },
    ])
  })

  it.each([
    [
      '{ upstream: { url: "https://x.example/A", token: abc } }',
      '5:48: token holds a secret (write ${NAME} or ${file:/path})',
    ],
    [
      '{ upstream: { url: "https://x.example/A", password: abc, user: u } }',
      '5:48: password holds a secret (write ${NAME} or ${file:/path})',
    ],
    ['{ upstream: { url: "https://u:p@x.example/A" } }', '5:20: url holds a secret (write ${NAME} or ${file:/path})'],
    ['{ upstream: { url: "https://x.example/A?b" } }', '5:20: url: must be without query, fragment and credentials'],
    ['{ upstream: { url: "ftp://x.example/A" } }', '5:20: url: must be an http or https URL'],
    [
      '{ upstream: { url: "https://x.example" } }',
      '5:20: the url names no endpoint (such as https://scim.example.com/v2/Devices)',
    ],
    ['{ upstream: { url: "http://x.example/A" } }', expect.stringContaining('would be reached in the clear')],
    ['{ upstream: { url: "http://x.example/A", tls: off } }', undefined],
    ['{ upstream: { url: "https://x.example/A", tls: off } }', '5:48: tls: off contradicts https'],
    ['{ upstream: { url: "https://x.example/A", tls: { cert: a } } }', '5:48: cert and key belong together'],
    [
      '{ upstream: { url: "https://x.example/A", timeout: "5" } }',
      '5:48: timeout: must be a time with its unit, such as 500ms, 10s or 2min',
    ],
    ['{ upstream: { url: "https://x.example/A" }, schema: nope }', '5:50: no schema "nope"'],
    [
      '{ upstream: { url: "https://x.example/A" }, extensions: [enterprise] }',
      expect.stringContaining('extensions are declared together with the schema'),
    ],
    ['{ upstream: { url: "https://x.example/A" }, attributes: {} }', '5:50: unknown key "attributes"'],
    ['{ upstream: { url: "https://x.example/A" }, endpoint: /users }', '5:3: A and User have one endpoint, /users'],
    ['{ upstream: { url: "https://x.example/A" }, endpoint: /Me }', expect.stringContaining('is no resource type')],
    ['{ upstream: { token: "${T}" } }', '5:8: "url" is missing'],
    ['{ upstrem: { url: "https://x.example/A" } }', expect.stringContaining('5:8: unknown key "upstrem"')],
  ])('%s', (said, problem) => {
    expect(problemsOf(file(`  A: ${said}`), { T: 'abc' })).toEqual(
      problem === undefined ? [] : expect.arrayContaining([problem]),
    )
  })

  it('is not all of a mapping', () => {
    const text =
      'version: 1\nbackend: { kind: memory }\nresources: { A: { upstream: { url: "https://x.example/A" } } }\n'
    expect(problemsOf(text)).toEqual([
      '3:1: no resource type is mapped (what another service serves alone needs no mapping file)',
    ])
  })
})
