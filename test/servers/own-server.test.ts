import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { describeServer, ownServer } from './with-server.ts'
import type { OwnServer } from './with-server.ts'
import type { Facts, SqlServerKind } from './server.ts'

const own = async (kind: SqlServerKind, options?: Parameters<typeof ownServer>[1]): Promise<OwnServer> => {
  const server = await ownServer(kind, options)
  if ('missing' in server) throw new Error(server.missing)
  return server
}

const runs = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

for (const kind of ['mariadb', 'postgres'] as const) {
  // the shared server is asked for only to know whether this machine has one
  await describeServer(kind, `a ${kind} of one's own`, (shared) => {
    it('comes back with what was committed, after a stop, a kill and a freeze', async () => {
      const server = await own(kind)
      expect(server.pid).not.toBe(shared.pid)
      const database = await server.freshDatabase({ sql: 'CREATE TABLE t (a INT)' })
      const insert = (n: number) => database.sql(`INSERT INTO t VALUES (${n})`)
      const watch = await database.watch()
      await insert(1)
      await server.stop()
      await expect(insert(2)).rejects.toThrow()
      await server.start()
      await insert(3)
      await server.kill()
      await server.start()
      await insert(4)
      server.pause()
      const late = insert(5)
      expect(await Promise.race([late, pause(100, 'frozen')])).toBe('frozen')
      server.resume()
      await late
      expect(await database.sql('SELECT a FROM t ORDER BY a')).toEqual([{ a: 1 }, { a: 3 }, { a: 4 }, { a: 5 }])
      await database.script('SELECT 6')
      expect((await watch.take()).at(-1)?.text).toBe('SELECT 6')
      const pid = await server.stop().then(() => server.start())
      server.pause()
      await server.end()
      expect(runs(pid)).toBe(false)
      expect(existsSync(server.folder)).toBe(false)
    })

    it('is gone, and its folder, when the one who started it is killed', async () => {
      const script = `
        import { startServer } from ${JSON.stringify(join(import.meta.dirname, 'start-server.ts'))}
        console.log(JSON.stringify((await startServer('${kind}')).facts))
        setInterval(() => undefined, 1000)`
      const starter = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const [line] = (await once(starter.stdout, 'data')) as [Buffer]
      const facts = JSON.parse(line.toString()) as Facts
      expect([runs(facts.pid), existsSync(facts.folder)]).toEqual([true, true])
      starter.kill('SIGKILL')
      await expect.poll(() => [runs(facts.pid), existsSync(facts.folder)], { timeout: 5000 }).toEqual([false, false])
    })
  })
}

await describeServer('mariadb', 'a server that presents the certificate of another', () => {
  it('is known by it', async () => {
    const server = await own('mariadb', { certificate: 'wrongName', maxConnections: 12 })
    const database = await server.freshDatabase()
    const [row] = await database.sql<{ file: string; most: number }>(
      'SELECT @@ssl_cert AS file, @@max_connections AS most',
    )
    expect(row).toEqual({ file: server.certificates.wrongName.certFile, most: 12 })
    await server.end()
  })
})
