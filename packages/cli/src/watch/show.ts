/**
 * How `watch` shows what comes: as columns, as chosen columns, or as lines of JSON.
 * In: events, gaps, statuses. Out: lines, each for stdout or stderr.
 */
import { formatStreamName, type Stream, toJson } from '@dexwire/protocol';
import type { Events, Gap, GapClosed, Status } from 'dexwire';
import { messageOf } from '../errors.ts';
import type { Paint } from '../terminal/paint.ts';
import { plain } from '../terminal/plain.ts';
import { Table } from '../terminal/table.ts';
import { layoutOf } from './columns.ts';
import { type Field, pick } from './fields.ts';

export interface Line {
  readonly to: 'stdout' | 'stderr';
  readonly text: string;
}

/** What a consumer of several streams gets, told apart. */
export interface Show {
  /** One event: its line, and before the first of its kind on a terminal, a line with what the columns are. */
  event(stream: Stream, subject: string, event: object, item: Pick<Events<unknown>, 'repaired'>): readonly Line[];
  gap(item: Gap | GapClosed): readonly Line[];
  status(status: Status): readonly Line[];
}

export interface ShowOptions {
  readonly fields: readonly Field[] | undefined;
  /** For columns. */
  readonly paint: Paint;
  readonly room: () => number;
  readonly hasHeads: boolean;
  /** Several streams share the lines: each says whose it is. */
  readonly hasTopics: boolean;
}

/** Of the longest, `marketDepth1000`. */
const TOPIC_WIDTH = 15;

const out = (text: string): readonly Line[] => [{ to: 'stdout', text }];
const aside = (paint: Paint, text: string): readonly Line[] => [
  { to: 'stderr', text: paint.yellow(`-- ${plain(text)}`) },
];

/** The stream name of an event: lists such as those of `allTickers` are about everybody. */
const nameOf = (stream: Stream, subject: string): string =>
  stream.scope === 'address' ? `${subject}@${stream.topic}` : formatStreamName(stream, subject);

/** Errors as their text, for they have no members that JSON would write. */
const statusMembers = (status: Status): object => ({
  ...status,
  ...('cause' in status && { cause: status.cause === undefined ? undefined : messageOf(status.cause) }),
});

export const jsonShow = ({ fields }: Pick<ShowOptions, 'fields'>): Show => ({
  event: (stream, subject, event, { repaired }) => {
    const whole = { kind: 'event', stream: nameOf(stream, subject), ...(repaired && { repaired }), ...event };
    if (!fields) return out(toJson(whole));
    return out(toJson(Object.fromEntries(fields.map((field) => [field[0], pick(whole, field)]))));
  },
  gap: (item) => out(toJson(item)),
  status: (status) => out(toJson({ kind: 'status', ...statusMembers(status) })),
});

const blocks = ({ from, to }: Gap | GapClosed): string =>
  from === undefined ? '' : ` after block ${from}${to === undefined ? '' : ` to ${to}`}`;

const gapText = (item: Gap | GapClosed): string =>
  item.kind === 'gap'
    ? `gap ${item.id}, ${item.cause}${blocks(item)}: events may be missing of ${item.streams.join(', ')}`
    : `gap ${item.id} closed${blocks(item)}: ${item.repaired} events fetched, lost: ${item.lost}`;

const statusText = (status: Status): string => {
  const where = status.url === undefined ? '' : ` ${status.url}`;
  switch (status.name) {
    case 'stale':
      return `${'stream' in status && status.stream !== undefined ? status.stream : `the socket to${where}`} has fallen silent`;
    case 'live':
      return `${'stream' in status && status.stream !== undefined ? status.stream : `the socket to${where}`} is heard again`;
    case 'waiting':
      return `not connected to${where}: ${messageOf(status.cause)}; trying again`;
    case 'open':
      return `connected to${where}`;
    default:
      return `${status.name}${where}`;
  }
};

export const columnsShow = ({ fields, paint, room, hasHeads, hasTopics }: ShowOptions): Show => {
  const tables = new Map<string, Table>();
  const lead = hasTopics ? [{ head: 'STREAM', width: TOPIC_WIDTH }] : [];
  const tableFor = (stream: Stream): readonly [table: Table, isNew: boolean] => {
    // Chosen fields are the same columns for every stream.
    const key = fields ? '' : stream.topic;
    const known = tables.get(key);
    if (known) return [known, false];
    const columns = fields
      ? fields.map(([name]) => ({ head: name, width: 12 }))
      : [...lead, ...layoutOf(stream).columns];
    const table = new Table(columns, { paint, room });
    tables.set(key, table);
    return [table, true];
  };
  return {
    event: (stream, subject, event, { repaired }) => {
      const [table, isNew] = tableFor(stream);
      const cells = fields
        ? fields.map((field) => {
            const value = pick({ kind: 'event', stream: nameOf(stream, subject), repaired, ...event }, field);
            return value === undefined ? '-' : typeof value === 'object' ? toJson(value) : String(value);
          })
        : [...(hasTopics ? [[stream.topic, 'bold'] as const] : []), ...layoutOf(stream).cells(event)];
      const line = out(table.row(cells));
      return isNew && hasHeads ? [...out(table.head()), ...line] : line;
    },
    gap: (item) => aside(paint, gapText(item)),
    status: (status) => aside(paint, statusText(status)),
  };
};
