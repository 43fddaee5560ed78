import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { joint, readTable } from './named-tests.ts'
import type { NamedTest } from './named-tests.ts'

const root = join(import.meta.dirname, '../..')

/**
 * Fails a run in which a test that docs/conformance.md names is not there, or did not pass. A run of some files answers
 * for those files only; a whole run for the whole table.
 */
export class ConformanceTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const run = new Map(modules.map((module) => [module.relativeModuleId, [...module.children.allTests()]]))
    const isWhole = testFiles().every((file) => run.has(file))
    const wrong = readTable().flatMap(({ at, tests }) =>
      tests.flatMap((test) => {
        const why = lackOf(test, run.get(test.file), isWhole)
        return why === undefined ? [] : [`docs/conformance.md:${at}: ${test.file}: ${test.text}: ${why}`]
      }),
    )
    if (wrong.length === 0) return
    process.stdout.write(`${wrong.join('\n')}\n${wrong.length} lines of docs/conformance.md are not held by a test\n`)
    process.exitCode = 1
  }
}

/** What is wrong with a named test; undefined when it passed, or when this run is not about it. */
function lackOf({ text }: NamedTest, tests: readonly TestCase[] | undefined, isWhole: boolean): string | undefined {
  if (tests === undefined) return isWhole ? 'there is no such file' : undefined
  const meant = tests.filter((test) => nameOf(test).includes(text))
  if (meant.length === 0) return 'there is no such test'
  const states = meant.map((test) => test.result())
  if (states.some(({ state }) => state === 'failed')) return 'it failed'
  if (states.some(({ state }) => state === 'passed')) return undefined
  // a machine without a server leaves its tests out and says so; they are held where there is one
  const isExcused = states.every((result) => result.state === 'skipped' && result.note !== undefined)
  return isWhole && !isExcused ? 'it did not run' : undefined
}

const nameOf = (test: TestCase): string => {
  const names = [test.name]
  for (let parent = test.parent; parent.type === 'suite'; parent = parent.parent) names.unshift(parent.name)
  return names.join(joint)
}

const testFiles = (): readonly string[] =>
  readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `test/${name}`)
