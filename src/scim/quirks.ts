/**
 * Deviations of real clients that the bridge understands. Each is on under `tolerant`, off under `strict`, and has
 * in its entry the wire request that proves it is needed. The parsers ask `has(name)`; nothing else depends on a client.
 */
export type QuirkName =
  | 'capitalisedOp'
  | 'stringBoolean'
  | 'pathlessDottedKey'
  | 'pathlessFilterKey'
  | 'removeByValueList'
  | 'createMissingElement'
  | 'bareFilterValue'
  | 'stringManager'
  | 'emptyMeansAbsent'
  | 'foreignSchemas'
  | 'objectForArray'
  | 'bareMemberValue'
  | 'attributesMinusExcluded'
  | 'capitalisedKeys'
  | 'scalarInArray'

export type Quirks = ReadonlySet<QuirkName>
