/** The mapping of this folder for people who come, move and go: with e-mail addresses of three types. */
export const steady = (text: string): string =>
  text.replace(
    /^( *)emails\[type eq "work" and primary eq true\].value: mail$/m,
    '$&\n$1emails[type eq "home"].value: carLicense\n$1emails[type eq "other"].value: roomNumber',
  )

/** The same, where the title is a part of the name: whoever gets another one is renamed. */
export const titled = (text: string): string =>
  steady(text)
    .replace("rdn: 'uid={userName}'", "rdn: 'cn={userName} {title}'")
    .replace("displayName: { slot: cn, default: '{userName}' }", 'displayName: displayName')

/** Other words for the `backend` section. */
export const backend =
  (words: string, mapping: (text: string) => string = (text) => text) =>
  (text: string): string =>
    mapping(text).replace(/^ {2}bind: .*$/m, `$&\n${words.replace(/^/gm, '  ')}`)
