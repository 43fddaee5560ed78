import { attributeNamed } from '../scim/attribute-named.ts'
import type { AttributeRef, ResourceType } from '../scim/schema.ts'
import type { Assignment, AttributeMapping, DeleteRule, Leaf, ResourceMapping, Template } from './catalog.ts'
import { inType } from './prune.ts'

/** Templates are read against the full schemas; their references are then those of the pruned type. */
export function relink(mapping: ResourceMapping): ResourceMapping {
  const { type } = mapping
  return {
    ...mapping,
    attributes: mapping.attributes.map((attribute): AttributeMapping => {
      switch (attribute.kind) {
        case 'single':
        case 'rows':
          return { ...attribute, leaves: attribute.leaves.map((leaf) => leafIn(type, leaf)) }
        case 'elements':
          return {
            ...attribute,
            elements: attribute.elements.map((e) => ({ ...e, leaves: e.leaves.map((leaf) => leafIn(type, leaf)) })),
          }
        case 'reference':
          return attribute
      }
    }),
    entry: mapping.entry && {
      ...mapping.entry,
      rdn: { ...mapping.entry.rdn, template: templateIn(type, mapping.entry.rdn.template) },
    },
    set: {
      create: mapping.set.create.map((one) => assignmentIn(type, one)),
      write: mapping.set.write.map((one) => assignmentIn(type, one)),
    },
    derived: mapping.derived.map((one) => ({ ...one, template: templateIn(type, one.template) })),
    onDelete: deleteIn(type, mapping.onDelete),
  }
}

const deleteIn = (type: ResourceType, rule: DeleteRule): DeleteRule =>
  rule.kind === 'set' ? { ...rule, set: rule.set.map((one) => assignmentIn(type, one)) } : rule

const assignmentIn = (type: ResourceType, one: Assignment): Assignment =>
  one.value.kind === 'template'
    ? { ...one, value: { ...one.value, template: templateIn(type, one.value.template) } }
    : one

function leafIn(type: ResourceType, leaf: Leaf): Leaf {
  const { carrier, onCreate } = leaf
  return {
    ...leaf,
    carrier:
      carrier.kind === 'template' || carrier.kind === 'split'
        ? { ...carrier, template: templateIn(type, carrier.template) }
        : carrier,
    onCreate: onCreate?.kind === 'template' ? { ...onCreate, template: templateIn(type, onCreate.template) } : onCreate,
  }
}

const templateIn = (type: ResourceType, template: Template): Template =>
  template.map((part) => (part.kind === 'path' ? { ...part, ref: refIn(type, part.ref) } : part))

function refIn(type: ResourceType, ref: AttributeRef): AttributeRef {
  const attribute = inType(type, ref.extension, ref.attribute.name)
  if (attribute === undefined) return ref
  const sub = ref.sub && attributeNamed(attribute.subAttributes, ref.sub.name)
  return { ...ref, attribute, sub: sub ?? ref.sub }
}
