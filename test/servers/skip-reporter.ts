import type { Reporter, TestModule } from 'vitest/node'

/** Says once which live parts a run left out, and why. */
export class Skipped implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const parts = new Map<string, Set<string>>()
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const result = test.result()
        const why = result.state === 'skipped' ? result.note : undefined
        if (why !== undefined) parts.set(why, (parts.get(why) ?? new Set()).add(module.relativeModuleId))
      }
    }
    for (const [why, files] of parts) process.stdout.write(`Skipped live parts (${why}): ${[...files].join(', ')}\n`)
  }
}
