/** More than any server sends in one message; a length beyond it is not LDAP. */
const largest = 1024 * 1024 * 1024

/**
 * Cuts what comes in into messages (RFC 4511 section 4.1.1). A message is put together once, when all of it is there: a
 * group of 100,000 comes as one message in hundreds of chunks. Throws at the first byte that cannot begin a message.
 */
export function frames(): { push(chunk: Buffer): readonly Buffer[]; readonly rest: number } {
  let chunks: Buffer[] = []
  let held = 0
  /** How long the message is that `chunks` begins with, once its header is there. */
  let needed = 0

  return {
    push(chunk) {
      chunks.push(chunk)
      held += chunk.length
      if (held < needed) return []
      let bytes = chunks.length === 1 ? chunk : Buffer.concat(chunks)
      const whole: Buffer[] = []
      for (needed = sizeOf(bytes); needed > 0 && needed <= bytes.length; needed = sizeOf(bytes)) {
        whole.push(bytes.subarray(0, needed))
        bytes = bytes.subarray(needed)
      }
      chunks = bytes.length === 0 ? [] : [bytes]
      held = bytes.length
      return whole
    },
    get rest() {
      return held
    },
  }
}

/** With its header; 0: not known yet. */
function sizeOf(bytes: Buffer): number {
  const [tag, length] = bytes
  if (tag === undefined) return 0
  if (tag !== 0x30) throw new Error('what the server sent is not LDAP')
  if (length === undefined) return 0
  if (length < 0x80) return 2 + length
  const count = length & 0x7f
  if (count === 0 || count > 6) throw new Error('what the server sent is not LDAP')
  if (bytes.length < 2 + count) return 0
  const size = bytes.readUIntBE(2, count)
  if (size > largest) throw new Error('the server sent a message that is too long')
  return 2 + count + size
}
