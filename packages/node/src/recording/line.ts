/**
 * One line of a recording: a text that came, or something else that happened to a socket, and when.
 * In: what happened. Out: its line of JSON, and back. Pure; `docs/recordings.md` describes the same for other programs.
 */
/** Microseconds since the Unix epoch, whole: as fine as clocks are, and exact as a number of JSON for two centuries. */
export type Microseconds = number;

/** The version of the format that this package writes. It reads this one and those before. */
export const FORMAT_VERSION = 1;

/** The first line of each file. */
interface Opening {
  readonly kind: 'recording';
  readonly version: number;
  /** Equal for all parts of one recording. */
  readonly id: string;
  /** From 1: which file of the recording this is. */
  readonly part: number;
  /** Program and version. */
  readonly by: string;
}

/** A socket is dialled. Sockets are numbered from 1, through all parts. */
interface Dialled {
  readonly kind: 'dial';
  readonly socket: number;
  /** Without what may be secret: user, password and queries other than `streams`. */
  readonly url: string;
}

interface Opened {
  readonly kind: 'open';
  readonly socket: number;
}

/** What the client said. */
interface Sent {
  readonly kind: 'sent';
  readonly socket: number;
  readonly text: string;
}

/** What the gateway said, to the letter: a frame, or the refusal of a command. */
export interface Received {
  readonly kind: 'frame';
  readonly socket: number;
  /** Whom a frame of a personal stream is about, which many of them do not say. Lower case. */
  readonly address?: string;
  readonly text: string;
}

/** Why a socket closes or could not be opened, where the runtime tells. */
interface Failed {
  readonly kind: 'error';
  readonly socket: number;
  readonly reason: string;
}

/** A socket is gone: the code as RFC 6455 has them, 1006 if there was no close frame. */
interface Closed {
  readonly kind: 'close';
  readonly socket: number;
  readonly code: number;
  readonly reason: string;
}

/** From here on frames may be missing: as the client that recorded told it. */
interface GapLine {
  readonly kind: 'gap';
  readonly cause: string;
  readonly streams: readonly string[];
  readonly from?: number;
  readonly to?: number;
}

interface GapClosedLine {
  readonly kind: 'gapClosed';
  readonly streams: readonly string[];
  readonly lost: string;
  readonly from?: number;
  readonly to?: number;
}

/** So many frames were not written, since the disk was slower than they came. */
interface Dropped {
  readonly kind: 'dropped';
  readonly frames: number;
}

/** The last line of a file that was closed in order. */
interface Ending {
  readonly kind: 'end';
  readonly frames: number;
  /** Of whom there are frames in this file. */
  readonly symbols: readonly string[];
  readonly addresses: readonly string[];
}

/** What happened. Readers pass over kinds that they do not know. */
export type Happening =
  | Opening
  | Dialled
  | Opened
  | Sent
  | Received
  | Failed
  | Closed
  | GapLine
  | GapClosedLine
  | Dropped
  | Ending;

export type Line = Happening & { readonly at: Microseconds };

/** What a member holds: a text, a whole number, a list of texts; with a `?` it may be absent. */
type Form = 'text' | 'number' | 'texts' | 'text?' | 'number?';

const MEMBERS: { readonly [Kind in Happening['kind']]: Readonly<Record<string, Form>> } = {
  recording: { version: 'number', id: 'text', part: 'number', by: 'text' },
  dial: { socket: 'number', url: 'text' },
  open: { socket: 'number' },
  sent: { socket: 'number', text: 'text' },
  frame: { socket: 'number', address: 'text?', text: 'text' },
  error: { socket: 'number', reason: 'text' },
  close: { socket: 'number', code: 'number', reason: 'text' },
  gap: { cause: 'text', streams: 'texts', from: 'number?', to: 'number?' },
  gapClosed: { streams: 'texts', lost: 'text', from: 'number?', to: 'number?' },
  dropped: { frames: 'number' },
  end: { frames: 'number', symbols: 'texts', addresses: 'texts' },
};

const isText = (value: unknown): value is string => typeof value === 'string';

const fits = (form: Form, value: unknown): boolean => {
  if (value === undefined) return form.endsWith('?');
  if (form === 'texts') return Array.isArray(value) && value.every(isText);
  return form.startsWith('text') ? isText(value) : Number.isSafeInteger(value);
};

const isLine = (value: unknown): value is Line => {
  if (typeof value !== 'object' || value === null) return false;
  const { at, kind, ...members }: Readonly<Record<string, unknown>> = { ...value };
  if (!Number.isSafeInteger(at) || !isText(kind) || !Object.hasOwn(MEMBERS, kind)) return false;
  return Object.entries(MEMBERS[kind as Happening['kind']]).every(([name, form]) => fits(form, members[name]));
};

/** With its line feed. */
export const formatLine = (at: Microseconds, what: Happening): string => {
  const { kind, ...members } = what;
  return `${JSON.stringify({ at, kind, ...members })}\n`;
};

/**
 * @returns `undefined` for what is no line of a known kind: later versions may have others.
 * @throws SyntaxError for what is no JSON.
 */
export const parseLine = (text: string): Line | undefined => {
  const value: unknown = JSON.parse(text);
  return isLine(value) ? value : undefined;
};
