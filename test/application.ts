import { defaultLimits } from '../src/plan/limits.ts'
import { applicationOf } from '../src/service/application.ts'
import type { Application } from '../src/service/application.ts'
import type { RequestContext } from '../src/service/bridge.ts'

/** An application as `serve` makes it; nobody is told anything. */
export const testApplication = (parts: Pick<Application, 'catalog' | 'store' | 'side'> & Partial<Application>) =>
  applicationOf({ limits: defaultLimits, observe: () => undefined, ...parts })

/** What a request brings along when no HTTP is around it. */
export const testContext = (parts: Partial<RequestContext> = {}): RequestContext => ({
  baseUrl: '',
  caller: { name: 'test', readOnly: false },
  signal: new AbortController().signal,
  clock: { time: (_, work) => work() },
  id: '',
  ...parts,
})
