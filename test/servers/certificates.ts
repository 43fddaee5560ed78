import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { give } from '../../src/cli/private-server/folder.ts'
import { program } from '../../src/cli/private-server/programs.ts'
import type { RunAs } from '../../src/cli/private-server/run-as.ts'
import { run } from '../../src/cli/private-server/run.ts'
import type { Certificates, KeyPair } from './server.ts'

const days = '30'
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-sha256']

/** A throw-away authority, what it signed, and a stranger; readable by the tests, the keys by the server alone. */
export async function makeCertificates(folder: string, as: RunAs): Promise<Certificates> {
  const at = join(folder, 'tls')
  mkdirSync(at)
  const [ca, stranger] = await Promise.all([authority(at, 'ca'), authority(at, 'stranger')])
  const [right, wrongName] = await Promise.all([
    signed(at, 'right', 'DNS:localhost,IP:127.0.0.1,IP:::1', ca, as),
    signed(at, 'wrong-name', 'DNS:elsewhere.example', ca, as),
  ])
  return { caFile: ca.certFile, strangerCaFile: stranger.certFile, right, wrongName }
}

async function authority(at: string, name: string): Promise<KeyPair> {
  const pair = { certFile: join(at, `${name}.crt`), keyFile: join(at, `${name}.key`) }
  await run(program('openssl'), [
    ...['req', '-x509', ...newKey, '-days', days, '-subj', `/CN=Test authority ${name}`],
    ...['-keyout', pair.keyFile, '-out', pair.certFile],
  ])
  return pair
}

async function signed(at: string, name: string, names: string, by: KeyPair, as: RunAs): Promise<KeyPair> {
  const file = (ending: string): string => join(at, `${name}.${ending}`)
  const pair = { certFile: file('crt'), keyFile: file('key') }
  writeFileSync(file('ext'), `subjectAltName=${names}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n`)
  await run(program('openssl'), [
    ...['req', ...newKey, '-subj', `/CN=${name}`, '-keyout', pair.keyFile, '-out', file('csr')],
  ])
  await run(program('openssl'), [
    ...['x509', '-req', '-in', file('csr'), '-CA', by.certFile, '-CAkey', by.keyFile, '-days', days, '-sha256'],
    ...['-set_serial', `0x${Buffer.from(name).toString('hex')}`, '-extfile', file('ext'), '-out', pair.certFile],
  ])
  // PostgreSQL refuses a key that others may read
  chmodSync(pair.keyFile, 0o600)
  give(pair.keyFile, as)
  return pair
}
