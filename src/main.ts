#!/usr/bin/env node
import { resolve } from 'node:path'

const [major = 0] = process.versions.node.split('.').map(Number)
if (major < 24) {
  process.stderr.write(
    `scim-bridge needs Node.js 24 or later and this is ${process.version}; in a clone, run it through npm, which brings its own: npm run -s scim-bridge -- …\n`,
  )
  process.exit(2)
}
// whoever has read enough, such as head, closes the pipe: no failure of ours
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})
const { main } = await import('./cli/main.ts')
process.exitCode = await main(process.argv.slice(2), {
  input: process.stdin,
  print: (text) => process.stdout.write(`${text}\n`),
  complain: (text) => process.stderr.write(`${text}\n`),
  env: process.env,
  mappings: resolve(import.meta.dirname, '../mappings'),
})
