import type { JsonObject } from '../../base/json.ts'

/** The private backend of a shipped mapping. */
export interface Place {
  /** What the mapping file needs from the environment. */
  readonly env: Readonly<Record<string, string>>
  /** For whoever wants to look at the backend beside the bridge: kind, URL and an administrator's credentials. */
  readonly backend: JsonObject
  stop(): Promise<void>
}

export interface PlaceOptions {
  /** Temporary, and the playground's own. */
  readonly folder: string
  /** Where the shipped mappings are. */
  readonly mappings: string
  /** Leaves out everything that is seeded. */
  readonly empty: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** Tells the user what takes a while. */
  say(text: string): void
}

export interface PlaygroundKind {
  /** Mapping file under mappings/. */
  readonly mapping: string
  start(options: PlaceOptions): Promise<Place>
  /** Resources that are created through the bridge after the start, for a schema that comes without any. */
  readonly seed: boolean
}
