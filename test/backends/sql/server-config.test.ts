import { describe, expect, it } from 'vitest'
import { serverConfig } from '../../../src/backends/sql/server-config.ts'

const of = { protocols: ['postgres:'], port: 5432 }

describe('the URL of a server', () => {
  it('is percent-encoded', () => {
    const read = serverConfig({ kind: 'sql', url: 'postgres://a%40b:s%2Fc@db.example:1/x%20y' }, '/', of)
    expect(read).toMatchObject({ user: 'a@b', password: 's/c', host: 'db.example', port: 1, database: 'x y' })
  })

  it.each([
    'postgres://user:s3cret%zz@db.example/hr',
    'postgres://user:s3cret/x@db.example/hr',
    'postgres://user:s3cret#x@db.example/hr',
    'postgres://user:s3cret@db.example',
    'postgres://user:s3cret@db.example/hr?sslmode=disable',
    'http://user:s3cret@db.example/hr',
  ])('that cannot be meant is refused without being told: %s', (url) => {
    const refused = expect.objectContaining({ reason: 'invalidMapping', detail: expect.not.stringContaining('s3cret') })
    expect(() => serverConfig({ kind: 'sql', url }, '/', of)).toThrow(refused)
  })
})
