/** Bounds on what one request may cost; the advertised ones are the enforced ones. */
export interface PlanLimits {
  /** Resources on a page when the client names no count. */
  readonly page: number
  /** Most resources in one answer, `filter.maxResults` of ServiceProviderConfig. */
  readonly maxResults: number
  /** Most records that a filter or sort evaluated in the bridge may look at. */
  readonly scanLimit: number
  /** Most operations in one PATCH. */
  readonly operations: number
  /** Most records of a type whose reference waits for somebody who is not there (`onUnknown: keep`). */
  readonly kept: number
  /** Most operations in one bulk request, `bulk.maxOperations` of ServiceProviderConfig; 0 switches Bulk off. */
  readonly bulkOperations: number
  /** Largest bulk request in bytes, `bulk.maxPayloadSize`. */
  readonly bulkPayload: number
}

/** The limits of a bridge that is not configured otherwise. */
export const defaultLimits: PlanLimits = {
  page: 100,
  maxResults: 1000,
  scanLimit: 10_000,
  operations: 1000,
  kept: 100_000,
  bulkOperations: 1000,
  bulkPayload: 5 * 1024 * 1024,
}
