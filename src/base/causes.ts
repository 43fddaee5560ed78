/** What each cause of an error says, from the nearest to the first: that of a refused certificate lies deep. */
export const causesOf = ({ cause }: { readonly cause?: unknown }): readonly string[] =>
  cause instanceof Error ? [cause.message, ...causesOf(cause)] : []
