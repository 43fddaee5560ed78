import { describe, expect, it } from 'vitest'
import { overhear } from './overhear.ts'

const packet = (number: number, ...parts: readonly (number | string | Buffer)[]): Buffer => {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part))))
  const head = Buffer.alloc(4)
  head.writeUIntLE(body.length, 0, 3)
  head[3] = number
  return Buffer.concat([head, body])
}
const message = (type: string, ...texts: readonly string[]): Buffer => {
  const body = Buffer.from(texts.map((text) => `${text}\0`).join(''))
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length + 4)
  return Buffer.concat([Buffer.from(type), size, body])
}
const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

describe('statements overheard', () => {
  it('in the protocol of MySQL, as text and prepared, however the bytes are cut', () => {
    const { client, server } = overhear('mysql')
    // the answer to the greeting has the number 1, whatever is in it
    expect(client(packet(1, 3, 'scim COMMIT'))).toEqual([])
    expect(client(packet(0, 3, 'COMMIT'))).toEqual(['COMMIT'])
    const cut = packet(0, 3, 'commit and chain')
    expect(client(cut.subarray(0, 3))).toEqual([])
    expect(client(cut.subarray(3, 9))).toEqual([])
    expect(client(Buffer.concat([cut.subarray(9), packet(0, 3, 'BEGIN')]))).toEqual(['commit and chain', 'BEGIN'])
    expect(client(packet(0, 0x16, 'COMMIT'))).toEqual([])
    server(packet(1, 0, int(70_000), 0, 0))
    expect(client(packet(0, 0x17, int(70_000), 0, int(1)))).toEqual(['COMMIT'])
    expect(client(packet(0, 0x17, int(5), 0, int(1)))).toEqual([''])
  })

  it('in LDAP, however the bytes are cut', () => {
    const { client } = overhear('ldap')
    const add = Buffer.from([0x30, 0x0b, 0x02, 0x01, 0x02, 0x68, 0x06, 0x04, 0x02, 0x63, 0x6e, 0x30, 0x00])
    const long = Buffer.from([0x30, 0x81, 0x08, 0x02, 0x02, 0x01, 0x00, 0x4a, 0x02, 0x63, 0x6e])
    expect(client(add.subarray(0, 1))).toEqual([])
    expect(client(Buffer.concat([add.subarray(1), long.subarray(0, 2)]))).toEqual([expect.stringMatching(/^add .*cn/)])
    expect(client(long.subarray(2))).toEqual([expect.stringMatching(/^delete .*cn/)])
    // an unbind and an abandon are no statements
    expect(client(Buffer.from([0x30, 0x05, 0x02, 0x01, 0x03, 0x42, 0x00]))).toEqual([])
  })

  it('in the protocol of PostgreSQL, simple and extended', () => {
    const { client } = overhear('postgres')
    const ssl = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
    expect(client(ssl)).toEqual([])
    expect(client(message('', '\0\x03\0\0user', 'Q', ''))).toEqual([])
    expect(client(message('Q', 'COMMIT'))).toEqual(['COMMIT'])
    expect(client(Buffer.concat([message('P', 's1', 'COMMIT'), message('B', 'p1', 's1'), message('E', 'p1')]))).toEqual(
      ['COMMIT'],
    )
    expect(client(Buffer.concat([message('P', '', 'SELECT 1'), message('B', '', '')]))).toEqual([])
    expect(client(message('E', ''))).toEqual(['SELECT 1'])
  })
})
