/**
 * What an order book and its tape look like.
 * In: a read of the book, the latest trades, the size of the terminal. Out: lines, none wider than it. Pure.
 */
import { type Decimal, type DepthLevelsRead, type Level, subtractDecimal, type Trade } from 'dexwire';
import type { Paint } from '../terminal/paint.ts';
import { plain } from '../terminal/plain.ts';
import { type Cell, type Column, Table, type TableOptions } from '../terminal/table.ts';
import { short } from '../watch/columns.ts';

/** What is shown of a book. */
export interface BookRead extends DepthLevelsRead {
  readonly mid: Decimal | undefined;
}

export interface BookPicture {
  readonly symbol: string;
  /** Where it comes from. */
  readonly url: string;
  /** `undefined`: not verified for the first time yet. */
  readonly read: BookRead | undefined;
  /** Why there is no connection, while there is none. */
  readonly trouble?: string | undefined;
  /** Latest first. */
  readonly tape: readonly Trade[];
  readonly paint: Paint;
  readonly columns: number;
  /** Of a side. */
  readonly levels: number;
}

/** From so many columns on the tape stands beside the book, else below it. */
const WIDE = 100;
const BOOK_WIDTH = 56;
const GAP = '    ';

const STATE_COLOR = { verified: 'green', stale: 'red', rebuilding: 'yellow' } as const;

const spreadOf = ([bid]: readonly Level[], [ask]: readonly Level[]): string =>
  bid && ask ? short(subtractDecimal(ask[0], bid[0])) : '-';

const headline = ({ symbol, url, read, trouble, paint }: BookPicture): string => {
  const name = paint.bold(plain(symbol));
  const lost = trouble === undefined ? '' : `  ${paint.red(`not connected: ${plain(trouble)}`)}`;
  if (!read) return `${name}  ${paint.yellow('waiting for the book')}  ${paint.dim(plain(url))}${lost}`;
  const { state, height, cause, bids, asks, mid } = read;
  const figures = `block ${height ?? '-'}  mid ${mid === undefined ? '-' : short(mid)}  spread ${spreadOf(bids, asks)}`;
  const why = lost || (cause ? `  ${paint.dim(plain(cause.message))}` : '');
  return `${name}  ${paint[STATE_COLOR[state]](state)}  ${figures}${why}`;
};

const BOOK_COLUMNS: readonly Column[] = [
  { head: 'QUANTITY', width: 14, isRight: true },
  { head: 'BID', width: 12, isRight: true },
  { head: 'ASK', width: 12 },
  { head: 'QUANTITY', width: 12 },
];
/** For a terminal that has no room for these: no wider than need be. */
const NARROW_COLUMNS: readonly Column[] = BOOK_COLUMNS.map((column) => ({ ...column, width: 0 }));

const TAPE_COLUMNS: readonly Column[] = [
  { head: 'TIME', width: 12 },
  { head: 'PRICE', width: 12, isRight: true },
  { head: 'QUANTITY', width: 12, isRight: true },
];

/** @param place - Of the level, from 0. */
const levelCells = (
  level: Level | undefined,
  place: number,
  certain: number,
  color: 'green' | 'red',
): [price: Cell, quantity: Cell] => {
  if (!level) return ['', ''];
  const [price, quantity] = level;
  return place < certain
    ? [[short(price), color], short(quantity)]
    : [
        [short(price), 'dim'],
        [short(quantity), 'dim'],
      ];
};

const bookLines = ({ read, paint, columns, levels }: BookPicture): string[] => {
  const { bids, asks, certain } = read ?? { bids: [], asks: [], certain: { bids: 0, asks: 0 } };
  const rows = Array.from({ length: levels }, (_, place) => {
    const [bid, bidQuantity] = levelCells(bids[place], place, certain.bids, 'green');
    const [ask, askQuantity] = levelCells(asks[place], place, certain.asks, 'red');
    return [bidQuantity, bid, ask, askQuantity];
  });
  const head = columns < BOOK_WIDTH ? NARROW_COLUMNS : BOOK_COLUMNS;
  return tableOf(head, rows, { paint, room: () => columns });
};

/** A whole table at once: its head and first rows know how wide the last ones are. */
const tableOf = (columns: readonly Column[], rows: readonly (readonly Cell[])[], options: TableOptions): string[] => {
  const widths = columns.map(({ width }, place) => Math.max(width, ...rows.map((row) => textOf(row[place]).length)));
  const table = new Table(
    columns.map((column, place) => ({ ...column, width: widths[place]! })),
    options,
  );
  return [table.head(), ...rows.map((row) => table.row(row))];
};

const textOf = (cell: Cell | undefined): string => (typeof cell === 'object' ? cell[0] : (cell ?? ''));

const tapeLines = ({ tape, paint, columns }: BookPicture, count: number): string[] => {
  const rows = tape.slice(0, count).map(({ time, price, quantity, tick = '' }) => {
    const color = tick.startsWith('buy') ? 'green' : tick.startsWith('sell') ? 'red' : undefined;
    const at = new Date(Number(time / 1_000_000n)).toISOString().slice(11, 23);
    return [[at, 'dim'], [short(price), color], short(quantity)] as const;
  });
  return tableOf(TAPE_COLUMNS, rows, { paint, room: () => columns });
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours that this program has put there
const COLOR = /\u001b\[\d+m/g;

/** Spaces behind a line that may have colours, which take no room. */
const padded = (line: string, width: number): string => line + ' '.repeat(Math.max(0, width - widthOf(line)));

const widthOf = (line: string): number => line.replace(COLOR, '').length;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the same, or one character
const PART = /\u001b\[\d+m|./gu;

/** Cuts a line that may have colours; those behind the cut stay, since they end what was begun. */
const cut = (line: string, width: number): string => {
  if (widthOf(line) <= width) return line;
  let place = 0;
  return line.replace(PART, (part) => {
    if (part.startsWith('\u001b')) return part;
    place++;
    return place < width ? part : place === width ? '…' : '';
  });
};

export const bookView = (picture: BookPicture): string[] => {
  const { columns, levels } = picture;
  const left = bookLines(picture);
  const isWide = columns >= WIDE;
  const leftWidth = Math.max(BOOK_WIDTH, ...left.map(widthOf));
  const right = tapeLines({ ...picture, columns: isWide ? columns - leftWidth - GAP.length : columns }, levels);
  const body = isWide
    ? left.map((line, row) => (right[row] === undefined ? line : `${padded(line, leftWidth)}${GAP}${right[row]}`))
    : [...left, '', ...right];
  return [headline(picture), '', ...body].map((line) => cut(line, columns));
};

/** How many levels of a side a terminal has room for, the tape below them or beside. */
export const levelsFor = ({ columns, rows }: { readonly columns: number; readonly rows: number }): number =>
  Math.max(1, columns >= WIDE ? rows - 3 : Math.floor((rows - 5) / 2));
