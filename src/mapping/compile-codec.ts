import { isBridgeError } from '../base/errors.ts'
import type { Attribute } from '../scim/schema.ts'
import { bit } from './codecs/bit.ts'
import type { MadeCodec } from './codecs/made.ts'
import { makeCodec } from './codecs/make-codec.ts'
import { values } from './codecs/values.ts'
import { passwordModify } from './codecs/password.ts'
import { standardOf } from './codecs/standard.ts'
import type { Standard } from './codecs/standard.ts'
import { isDirectory } from './compile-native.ts'
import type { TypeScope } from './compile-scope.ts'
import type { LeafFile } from './file-attribute.ts'
import type { CodecFile } from './file-codec.ts'
import type { FilePath } from './load.ts'
import type { NativeScalar } from './slot.ts'

type TestFile = Pick<LeafFile, 'codec' | 'bit' | 'is' | 'isNot'>

/** `codec:`, or one of the short forms of a boolean: `bit:` and `is:`. */
export function compileCodec(scope: TypeScope, leaf: TestFile, at: FilePath, target: Attribute): MadeCodec | undefined {
  const path = leaf.codec === undefined ? at : [...at, 'codec']
  const standard = standardOf(scope.file.backend.kind)
  try {
    if (leaf.bit === undefined && leaf.is === undefined) {
      if (leaf.isNot !== undefined) scope.report.error([...at, 'isNot'], 'isNot belongs to is')
      const isQuoted = (below: FilePath) => scope.loaded.isQuoted([...at, 'codec', ...below])
      const codec = makeCodec(leaf.codec, target, isQuoted, standard)
      if (codec.name === passwordModify && !isDirectory(scope))
        scope.report.error(path, 'modify is an operation of a directory', 'a form to store: codec: pbkdf2')
      if (codec.name !== passwordModify && codec.name.includes(passwordModify))
        scope.report.error(path, 'modify is no step of several', 'codec: { password: modify }')
      return codec
    }
    if (leaf.codec !== undefined) scope.report.error(path, 'codec and bit or is: one of them')
    if (target.type !== 'boolean')
      scope.report.error(at, 'bit and is make true or false', `${target.name} is a ${target.type}`)
    if (leaf.bit !== undefined) return bit(Number(leaf.bit), leaf.is === undefined ? undefined : Number(leaf.is))
    return isCodec(leaf.is ?? null, leaf.isNot, target, standard)
  } catch (error) {
    if (!isBridgeError(error)) throw error
    scope.report.error(path, error.detail)
    return undefined
  }
}

/** `is: 1`: true for that word, false for every other; of a flag the other word is known. */
function isCodec(
  said: NativeScalar,
  isNot: NativeScalar | undefined,
  target: Attribute,
  standard: Standard,
): MadeCodec {
  const flag = said === 1 ? 0 : said === 0 ? 1 : typeof said === 'boolean' ? !said : undefined
  const is = standard.constant(said)
  const other =
    isNot !== undefined ? standard.constant(isNot) : flag === undefined ? undefined : standard.constant(flag)
  const write = [['true', () => is] as const, ...(other === undefined ? [] : [['false', () => other] as const])]
  return values(
    { words: is === null ? [] : [[is, true]], absent: is === null ? true : undefined, otherwise: false, write },
    target,
  )
}

/** A codec for what is written only, while everybody waits. */
export function quickCodec(
  scope: TypeScope,
  said: CodecFile | undefined,
  at: FilePath,
  target: Attribute,
): MadeCodec | undefined {
  const codec = compileCodec(scope, { codec: said }, at, target)
  if (codec?.encodeAhead !== undefined) {
    scope.report.error([...at, 'codec'], `${codec.name} is too slow for this`)
    return undefined
  }
  if (codec?.name === passwordModify) {
    scope.report.error(
      [...at, 'codec'],
      'a password is handed over once, and nothing is written',
      'a form to store: ssha512',
    )
    return undefined
  }
  return codec
}
