/**
 * How wide text is on a terminal: a memo may be in any writing.
 * In: text without control characters. Out: its columns; the part of it that has room.
 */

const PLAIN = /^[ -~]*$/;
/** Two columns each: writings of East Asia, and pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** None: what stands on, or joins, the character before. */
const NONE = /\p{Mark}|\p{Format}/u;

const columnsOf = (character: string): number => (NONE.test(character) ? 0 : WIDE.test(character) ? 2 : 1);

export const widthOf = (text: string): number => {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
};

/** The text, or where it has no room, its beginning and a sign that says so. */
export const fitting = (text: string, room: number): string => {
  if (widthOf(text) <= room) return text;
  let shown = '';
  let width = 0;
  for (const character of text) {
    width += columnsOf(character);
    if (width > room - 1) break;
    shown += character;
  }
  return `${shown}…`;
};
