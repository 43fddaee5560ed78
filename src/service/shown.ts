import type { Json, JsonObject } from '../base/json.ts'
import { isObject } from '../base/json.ts'
import type { ResourceMapping } from '../mapping/catalog.ts'
import type { Link, NativeRecord } from '../mapping/record.ts'
import type { AttributeRef } from '../scim/schema.ts'
import { elementsOf, topLevelValue } from '../scim/value.ts'
import type { Reply } from './bridge.ts'

/** A resource as the client sees it. Its long lists are empty in it: they are read while the answer is sent. */
export interface Shown {
  readonly resource: JsonObject
  readonly lists: readonly LongList[]
}

export interface LongList {
  readonly of: AttributeRef
  readonly elements: AsyncIterable<readonly Json[]>
}

/** The references of a record that come as streams; `show` makes the visible resource of a part of the record. */
export function longListsOf(
  mapping: ResourceMapping,
  record: NativeRecord,
  show: (part: NativeRecord) => JsonObject,
): readonly LongList[] {
  const { streams } = record
  if (streams === undefined) return []
  return mapping.attributes.flatMap((carrier) => {
    if (carrier.kind !== 'reference') return []
    const { of, reference } = carrier
    const chunks = streams[reference.key]
    return chunks === undefined ? [] : [{ of, elements: elementsFrom(record, of, reference.key, chunks, show) }]
  })
}

async function* elementsFrom(
  { id }: NativeRecord,
  of: AttributeRef,
  key: string,
  chunks: AsyncIterable<readonly Link[]>,
  show: (part: NativeRecord) => JsonObject,
): AsyncIterable<readonly Json[]> {
  for await (const chunk of chunks)
    yield elementsOf(topLevelValue(show({ id, fields: {}, rows: {}, links: { [key]: chunk } }), of))
}

/** An answer of one resource: as it is, or in pieces when something of it is still to be read. */
export const bodyOf = (shown: Shown): Pick<Reply, 'body' | 'stream'> =>
  shown.lists.length === 0 ? { body: shown.resource } : { stream: textOf(shown) }

/** A list response (RFC 7644 section 3.4.2): `head` and the resources of the page. */
export const listBodyOf = (head: JsonObject, page: readonly Shown[]): Pick<Reply, 'body' | 'stream'> =>
  page.every(({ lists }) => lists.length === 0)
    ? { body: { ...head, Resources: page.map(({ resource }) => resource) } }
    : { stream: listText(head, page) }

async function* listText(head: JsonObject, page: readonly Shown[]): AsyncIterable<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"Resources":[`
  for (const [i, shown] of page.entries()) {
    if (i > 0) yield ','
    yield* textOf(shown)
  }
  yield ']}'
}

/** The JSON text of a resource; a long list is an attribute, or an attribute of an extension. */
async function* textOf({ resource, lists }: Shown, extension?: string): AsyncIterable<string> {
  let before = '{'
  for (const [name, value] of Object.entries(resource)) {
    const label = `${before}${JSON.stringify(name)}:`
    before = ','
    const list = lists.find(({ of }) => of.extension === extension && of.attribute.name === name)
    if (list !== undefined) {
      yield `${label}[`
      yield* elementsText(list.elements)
      yield ']'
    } else if (extension === undefined && isObject(value) && lists.some(({ of }) => of.extension === name)) {
      yield label
      yield* textOf({ resource: value, lists }, name)
    } else yield label + JSON.stringify(value)
  }
  yield before === '{' ? '{}' : '}'
}

async function* elementsText(chunks: AsyncIterable<readonly Json[]>): AsyncIterable<string> {
  let before = ''
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue
    yield before + JSON.stringify(chunk).slice(1, -1)
    before = ','
  }
}
