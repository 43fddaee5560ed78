import { leafOf } from '../scim/schema.ts'
import type { Attribute, AttributeRef } from '../scim/schema.ts'
import type { Access, Carrier, Leaf, Part } from './catalog.ts'
import { kindOf } from './codecs/made.ts'
import { text } from './codecs/text.ts'
import { checkCodec } from './check-codec.ts'
import { compileCodec } from './compile-codec.ts'
import { compileContainer } from './compile-container.ts'
import { compileCopies } from './compile-copies.ts'
import type { LeafFile } from './file-attribute.ts'
import { isDirectory } from './compile-native.ts'
import { compileSlot } from './compile-slot.ts'
import { compileTemplate, isTemplate } from './compile-template.ts'
import type { TypeScope } from './compile-scope.ts'
import type { FilePath } from './load.ts'
import type { Slot } from './slot.ts'

/** What a client may do by default follows from the schema. */
export function defaultAccess(of: Attribute): Access {
  switch (of.mutability) {
    case 'readOnly':
      return 'readOnly'
    case 'writeOnly':
      return 'writeOnly'
    case 'immutable':
      return 'immutable'
    case 'readWrite':
      return 'readWrite'
  }
}

/** One leaf of the file. `inRow`: its slots are columns of a child row. */
export function compileLeaf(
  scope: TypeScope,
  leaf: LeafFile,
  at: FilePath,
  ref: AttributeRef,
  inRow: boolean,
): Leaf | undefined {
  const target = leafOf(ref)
  const carrier = compileCarrier(scope, leaf, at, ref, inRow)
  if (carrier === undefined) return undefined
  const computed = carrier.kind === 'template' || carrier.kind === 'constant'
  const access = leaf.access ?? (isComputed(leaf) ? 'readOnly' : defaultAccess(target))
  if (carrier.kind === 'template' && access !== 'readOnly')
    scope.report.error([...at, 'access'], 'what is made of other attributes is readOnly')
  if (target.mutability === 'readOnly' && access !== 'readOnly')
    scope.report.error([...at, 'access'], `${ref.name} is readOnly in SCIM`, 'leave access out')
  if (target.mutability === 'writeOnly' && access !== 'writeOnly')
    scope.report.error([...at, 'access'], `${ref.name} is writeOnly in SCIM`, 'leave access out')
  checkOnWrite(scope, leaf, at, access)
  return {
    ref,
    carrier,
    access: heldBy(access, leaf),
    copies: compileCopies(scope, leaf, at, ref, carrier, access, inRow),
    onCreate: computed ? undefined : compileDefault(scope, leaf, at, target, ref.attribute.multiValued && !inRow),
  }
}

/** A constant is compared with what a client sends, so it is readOnly only where that is passed over. */
export const isComputed = (said: Pick<LeafFile, 'template' | 'slot' | 'constant' | 'onWrite'>): boolean =>
  (said.template !== undefined && said.slot === undefined) ||
  (said.constant !== undefined && said.onWrite === 'discard')

/** What a client may change is never discarded: that would answer 200 to a change that is possible and not made. */
export function checkOnWrite(scope: TypeScope, said: Pick<LeafFile, 'onWrite'>, at: FilePath, access: Access): void {
  if (said.onWrite === 'discard' && (access === 'readWrite' || access === 'writeOnly'))
    scope.report.error(
      [...at, 'onWrite'],
      'only what a client may not change is discarded',
      'with access: readOnly, immutable or createOnly, a template or a constant',
    )
}

/** An immutable value may be added later; one whose changes are passed over is written by the create only. */
const heldBy = (access: Access, said: Pick<LeafFile, 'onWrite'>): Access =>
  access === 'immutable' && said.onWrite === 'discard' ? 'createOnly' : access

function compileDefault(
  scope: TypeScope,
  leaf: LeafFile,
  at: FilePath,
  target: Attribute,
  isElement: boolean,
): Leaf['onCreate'] {
  const said = leaf.default
  // `default: true` on one of several elements marks the one that takes values without a type
  if (said === undefined || said === null || (said === true && isElement && target.type !== 'boolean')) return undefined
  if (typeof said === 'string' && isTemplate(said))
    return { kind: 'template', template: compileTemplate(scope, said, [...at, 'default']) }
  if (typeof said !== kindOf(target)) scope.report.error([...at, 'default'], `${target.name} is a ${target.type}`)
  return { kind: 'value', value: typeof said === 'string' ? said.replaceAll('{{', '{').replaceAll('}}', '}') : said }
}

function compileCarrier(
  scope: TypeScope,
  leaf: LeafFile,
  at: FilePath,
  ref: AttributeRef,
  inRow: boolean,
): Carrier | undefined {
  const target = leafOf(ref)
  const ways = (['constant', 'all', 'store', 'keyValue', 'container', 'template'] as const).filter(
    (way) => leaf[way] !== undefined,
  )
  const [first, second] = [...ways, ...(leaf.slot === undefined ? [] : ['slot'])]
  if (first === undefined) {
    scope.report.error(
      at,
      `nothing says where ${ref.name} is kept`,
      isDirectory(scope)
        ? 'an attribute, or a block with slot, store, container, template …'
        : 'a column name, or a block with slot, store, keyValue, template …',
    )
    return undefined
  }
  if (second !== undefined) {
    scope.report.error(at, `${first} and ${second} cannot both carry ${ref.name}`)
    return undefined
  }
  if (target.type === 'complex') {
    scope.report.error(at, `${ref.name} is complex`, 'map its sub-attributes one by one')
    return undefined
  }
  if (leaf.constant !== undefined && leaf.constant !== null) {
    if (typeof leaf.constant !== kindOf(target))
      scope.report.error([...at, 'constant'], `${ref.name} is a ${target.type}`)
    return { kind: 'constant', value: leaf.constant }
  }
  if (leaf.template !== undefined)
    return { kind: 'template', template: compileTemplate(scope, leaf.template, [...at, 'template']) }
  if (leaf.all !== undefined) return compileAll(scope, leaf.all, at, ref, inRow)
  if (leaf.container !== undefined) {
    if (inRow) scope.report.error([...at, 'container'], 'a row has no container')
    return compileContainer(scope, leaf.container, leaf, at, target)
  }
  const slot = compileSlot(scope, leaf, at, ref, inRow)
  const codec = compileCodec(scope, leaf, at, target)
  if (slot === undefined || codec === undefined) return undefined
  checkCodec(scope.report, codec, at, leaf.access ?? defaultAccess(target))
  return { kind: 'slot', slot, codec }
}

function compileAll(
  scope: TypeScope,
  said: NonNullable<LeafFile['all']>,
  at: FilePath,
  ref: AttributeRef,
  inRow: boolean,
): Carrier | undefined {
  const target = leafOf(ref)
  if (target.type !== 'boolean') {
    scope.report.error([...at, 'all'], `all makes true or false, and ${ref.name} is a ${target.type}`)
    return undefined
  }
  const parts: Part[] = []
  said.forEach((part, i) => {
    const path = [...at, 'all', i]
    const slot: Slot | undefined = compileSlot(scope, { slot: part.slot }, path, ref, inRow)
    const codec = compileCodec(scope, part, path, target)
    if (slot === undefined) scope.report.error(path, 'a part of all needs a slot')
    if (slot === undefined || codec === undefined) return
    const made: Part = { slot, codec, onTrue: part.onTrue ?? 'write', onFalse: part.onFalse ?? 'write' }
    for (const [value, rule] of [
      [true, made.onTrue],
      [false, made.onFalse],
    ] as const) {
      if (rule === 'write') checkCodec(scope.report, { ...codec, samples: [value] }, path, 'readWrite')
    }
    parts.push(made)
  })
  if (parts.length > 0 && parts.every((part) => part.onFalse === 'keep'))
    scope.report.error(
      [...at, 'all'],
      'no part writes false, so nobody could ever be deactivated',
      'or say access: readOnly',
    )
  return { kind: 'all', parts }
}

/** `name: { slot: full_name, template: "{familyName}, {givenName}", lossy: accepted }`. */
export function compileSplit(scope: TypeScope, leaf: LeafFile, at: FilePath, ref: AttributeRef): readonly Leaf[] {
  if (leaf.lossy !== 'accepted')
    scope.report.error(
      at,
      'one text cannot be cut into names without loss',
      'say lossy: accepted, after reading what is lost in docs/mapping.md',
    )
  const template = compileTemplate(scope, leaf.template ?? '', [...at, 'template'], ref)
  const slot = compileSlot(scope, leaf, at, ref, false)
  if (slot === undefined) return []
  const refs = template.flatMap((part) => (part.kind === 'path' ? [part.ref] : []))
  if (refs.length < 2) scope.report.error([...at, 'template'], 'a split needs two paths at least')
  template.forEach((part, i) => {
    if (part.kind === 'path' && template[i + 1]?.kind === 'path')
      scope.report.error([...at, 'template'], 'two paths need a text between them to be told apart')
    if (part.kind === 'path' && part.ref.attribute.name !== ref.attribute.name)
      scope.report.error([...at, 'template'], `{${part.ref.name}} is no part of ${ref.name}`)
  })
  if (leaf.copies !== undefined)
    scope.report.error(
      [...at, 'copies'],
      'a text that is cut has no copies',
      'derived: { column: … } follows its parts',
    )
  checkOnWrite(scope, leaf, at, leaf.access ?? defaultAccess(leafOf(ref)))
  return refs.map((one) => ({
    ref: one,
    carrier: { kind: 'split', slot, codec: text(leafOf(one)), template },
    access: heldBy(leaf.access ?? defaultAccess(leafOf(one)), leaf),
    copies: [],
    onCreate: undefined,
  }))
}
