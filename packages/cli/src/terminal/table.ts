/**
 * Rows of columns that come one by one: a column is as wide as the widest cell so far.
 * In: columns, rows of cells. Out: lines; on a terminal none is wider than it.
 */
import type { Paint } from './paint.ts';
import { plain } from './plain.ts';
import { fitting, widthOf } from './width.ts';

export interface Column {
  readonly head: string;
  /** To begin with. */
  readonly width: number;
  readonly isRight?: boolean;
}

export type Color = 'dim' | 'green' | 'red' | 'yellow' | 'cyan' | 'bold';

/** What can be painted, and how. */
export type Cell = string | readonly [text: string, color: Color | undefined];

export interface TableOptions {
  readonly paint: Paint;
  /** Characters that a line may have; asked each time, for a terminal may be resized. `Infinity`: all of it. */
  readonly room: () => number;
}

const GAP = '  ';

/** The room of a stream: its terminal's width; elsewhere lines are as long as they are. */
export const roomOf =
  (stream: { readonly isTTY?: boolean; readonly columns?: number }): (() => number) =>
  () =>
    stream.isTTY ? stream.columns || 80 : Number.POSITIVE_INFINITY;

export class Table {
  readonly #columns: readonly Column[];
  readonly #widths: number[];
  readonly #options: TableOptions;

  constructor(columns: readonly Column[], options: TableOptions) {
    this.#columns = columns;
    this.#widths = columns.map(({ head, width }) => Math.max(head.length, width));
    this.#options = options;
  }

  head(): string {
    return this.row(this.#columns.map(({ head }) => [head, 'dim'] as const));
  }

  row(cells: readonly Cell[]): string {
    const { paint, room } = this.#options;
    let left = room();
    let line = '';
    const last = cells.length - 1;
    for (const [place, cell] of cells.entries()) {
      const [raw, color] = typeof cell === 'string' ? [cell] : cell;
      const text = plain(raw);
      const taken = widthOf(text);
      const width = Math.max(this.#widths[place] ?? 0, taken);
      // What the last column holds needs no room behind it, and may be of any length.
      if (place < last) this.#widths[place] = width;
      const spaces = ' '.repeat(width - taken);
      const padded = this.#columns[place]?.isRight ? spaces + text : place < last ? text + spaces : text;
      const shown = fitting(padded, left);
      // Only the text: spaces that are painted would be underlined or inverted by some.
      line += color ? shown.replace(/\S.*\S|\S/s, (part) => paint[color](part)) : shown;
      left -= widthOf(shown);
      if (place === last || left <= GAP.length) break;
      line += GAP;
      left -= GAP.length;
    }
    return line.trimEnd();
  }
}
