import { isBridgeError } from '../base/errors.ts'
import type { Access } from './catalog.ts'
import type { MadeCodec } from './codecs/made.ts'
import type { FilePath } from './load.ts'
import type { Report } from './problem.ts'

/** Law 1 on samples: what a client writes is what it will read. What is only read need not be written. */
export function checkCodec(report: Report, codec: MadeCodec, at: FilePath, access: Access): void {
  if (access === 'readOnly' || access === 'writeOnly') return
  for (const sample of codec.samples) {
    const shown = JSON.stringify(sample)
    try {
      const native = codec.encode(sample)
      const back = codec.decode(native)
      if (back !== sample) {
        report.error(
          at,
          `the codec loses ${shown}: written, it would be read as ${JSON.stringify(back) ?? 'nothing'}`,
          'say what is written, or access: readOnly',
        )
        return
      }
    } catch (error) {
      if (!isBridgeError(error)) throw error
      report.error(at, `the codec cannot write ${shown}: ${error.detail}`, 'state it in write, or say access: readOnly')
      return
    }
  }
}
