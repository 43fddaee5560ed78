import type { JsonObject } from '../base/json.ts'
import type { ListPlan, Page } from '../plan/plan.ts'
import type { Collected } from './collect.ts'

/** How a client pages (RFC 7644 section 3.4.2.4, RFC 9865): which part a request asks for, and what goes with it. */
export interface Paging {
  readonly page: Page
  /** What an answer says of its place in the whole. */
  head(collected: Collected<unknown>): JsonObject
}

/** A plan for another page of the same list. */
export const paged = (plan: ListPlan, page: Page): ListPlan => ({
  ...plan,
  // each by itself: a cut and who makes it belong together
  cut: plan.cut.by === 'backend' ? { ...plan.cut, page } : { ...plan.cut, page },
})
