/**
 * Text of strangers, fit for a terminal: a memo or a server's message must not move its cursor or rename its window.
 * In: any text. Out: the same in one line, each control character as the escape that JSON has for it.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

export const plain = (text: string): string =>
  text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
