/** `descr` or `numericoid` (RFC 4512 section 1.4). */
const attributeType = /^(?:[a-z][a-z0-9-]*|(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))+)$/i

export const isAttributeType = (text: string): boolean => attributeType.test(text)

/** An attribute type, with options or without: `userCertificate;binary` (RFC 4512 section 2.5). */
export function isAttributeDescription(text: string): boolean {
  const [type = '', ...options] = text.split(';')
  return isAttributeType(type) && options.every((option) => /^[a-z0-9-]+$/i.test(option))
}

/** Without its options, in lower case: what an attribute is looked up by. */
export const typeOf = (description: string): string => description.split(';', 1)[0]?.toLowerCase() ?? ''
