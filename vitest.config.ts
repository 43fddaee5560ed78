import { defineConfig } from 'vitest/config'
import type { Reporter, TestModule } from 'vitest/node'
import { ConformanceTable } from './test/conformance/table-reporter.ts'
import { Skipped } from './test/servers/skip-reporter.ts'

/** Closes a run with one plain line that any script can read: `N passed, N failed, N skipped`. */
class Tally implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 }
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const state = test.result().state
        if (state !== 'pending') count[state]++
      }
      if (module.errors().length > 0) count.failed++
    }
    process.stdout.write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`)
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/servers/global-setup.ts'],
    reporters: ['default', new Skipped(), new ConformanceTable(), new Tally()],
    // one for each core: while the tests of one wait for a server, another computes
    maxWorkers: '100%',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
