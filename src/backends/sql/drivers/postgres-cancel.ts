import { connect as connectPlain } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'

export interface Victim {
  readonly host: string
  readonly port: number
  readonly tls: ConnectionOptions | undefined
  readonly processId: number
  readonly secret: number
  /** Milliseconds. */
  readonly within: number
}

/** Two numbers of the protocol, https://www.postgresql.org/docs/current/protocol-message-formats.html. */
const cancelRequest = 80_877_102
const sslRequest = 80_877_103

const message = (...numbers: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 + 4 * numbers.length)
  bytes.writeInt32BE(bytes.length, 0)
  numbers.forEach((number, i) => bytes.writeInt32BE(number | 0, 4 + 4 * i))
  return bytes
}

/** Asks the server to stop what another connection is doing. Nobody answers; the server closes. Never rejects. */
export function cancel({ host, port, tls, processId, secret, within }: Victim): Promise<void> {
  return new Promise((resolve) => {
    const plain = connectPlain({ host, port })
    const end = (): void => {
      clearTimeout(timer)
      plain.destroy()
      resolve()
    }
    const timer = setTimeout(end, within)
    timer.unref()
    const ask = (socket: Socket): void => {
      // keeps `error` from being thrown, and reads to the end
      socket.on('error', end).on('close', end).resume()
      socket.write(message(cancelRequest, processId, secret))
    }
    plain.on('error', end).on('close', end)
    plain.once('connect', () => {
      if (tls === undefined) return ask(plain)
      plain.write(message(sslRequest))
      plain.once('data', (answer) => {
        if (answer.toString('latin1') !== 'S') return end()
        const secured = connectTls({ ...tls, socket: plain }, () => ask(secured))
        secured.on('error', end)
      })
    })
  })
}
