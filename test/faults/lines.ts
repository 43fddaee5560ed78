import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'

export interface LineServer {
  readonly port: number
  /** The lines that arrived, in order. */
  readonly did: readonly string[]
  close(): Promise<void>
}

/** The smallest server there is: does what each line says, and answers `did LINE`; `many N` is answered with N bytes. */
export async function lineServer(): Promise<LineServer> {
  const did: string[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    let rest = ''
    socket.setEncoding('latin1').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        did.push(line)
        const size = /^many (\d+)$/.exec(line)?.[1]
        socket.write(size === undefined ? `did ${line}\n` : 'm'.repeat(Number(size)))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { readonly port: number }).port,
    did,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

export interface LineClient {
  readonly socket: Socket
  say(line: string): void
  /** Resolves when so many bytes have come, with all of them. */
  heard(bytes: number): Promise<string>
  /** Everything that has come. */
  text(): string
  /** Resolves when the server will send no more: with the code of the error, or `end`. */
  readonly ended: Promise<string>
}

export function lineClient(port: number): Promise<LineClient> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    let text = ''
    const ended = new Promise<string>((end) => {
      socket.once('end', () => end('end'))
      socket.once('close', () => end('closed'))
      socket.once('error', (error: NodeJS.ErrnoException) => {
        end(error.code ?? error.message)
        reject(error)
      })
    })
    socket.setEncoding('latin1').on('data', (part: string) => (text += part))
    const client: LineClient = {
      socket,
      say: (line) => void socket.write(`${line}\n`),
      heard: (bytes) =>
        new Promise((done) => {
          const look = (): void => {
            if (text.length < bytes) return
            socket.off('data', look)
            done(text)
          }
          socket.on('data', look)
          look()
        }),
      text: () => text,
      ended,
    }
    socket.once('connect', () => resolve(client))
  })
}
