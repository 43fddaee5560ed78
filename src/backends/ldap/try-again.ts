/** Somebody else was faster: what was read no longer holds, and the program begins anew. */
export class TryAgain extends Error {
  constructor(cause: unknown) {
    super('somebody else was faster', { cause })
    this.name = 'TryAgain'
  }
}
