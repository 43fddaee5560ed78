/** Characters with a meaning in a path pattern stand for themselves in an endpoint's name. */
export const literal = (path: string): string => path.replace(/[{}()[\]+?!:*\\]/g, '\\$&')
