/**
 * A source that plays a recording: each frame as it came, to the letter, at the pace at which it came or at any other.
 * In: a recording, where to begin and end, how fast. Out: turns of texts; the news that frames are missing, or that it is over.
 *
 * Time stands still while nobody is subscribed, so whoever comes gets it from the beginning, and whoever comes back soon goes on
 * where he was. After a while without anybody it begins anew. So a replay ends with its sockets, and nothing has to be freed.
 */
import { DEPTH_LEVELS, type Height, type Milliseconds, marketDepth, type Stream } from '@dexwire/protocol';
import type { Clock } from '../clock.ts';
import { NodeError } from '../errors.ts';
import type { Account, Frame, Sink, Source } from '../gateway/source.ts';
import { factsOf } from '../recording/facts.ts';
import type { Line, Microseconds, Received } from '../recording/line.ts';
import { BETWEEN, type Placed, type RecordedPlace, type Recording } from '../recording/recording.ts';
import { COPIES_WITHIN, Copies } from './copies.ts';

/** Times faster than it was, `max`: as fast as it is read, `step`: only frame by frame, when told to. */
export type Speed = number | 'max' | 'step';

export interface PlayOptions {
  /** The first frame unless given. */
  readonly from?: RecordedPlace;
  /** The last place that is played: the frame; all that is known before a later block; all up to this millisecond. */
  readonly to?: RecordedPlace;
  /** 1 unless given. */
  readonly speed?: Speed;
  /** Where frames are missing in it, sockets are lost, so that clients tell of it: unless told to pass over that. */
  readonly gaps?: 'lose' | 'ignore';
  /** How long nothing new must have been subscribed to before it begins, so that it does not run away from whoever asks. */
  readonly settle?: Milliseconds;
  /** How long nobody must have been subscribed for it to begin anew. */
  readonly rewindAfter?: Milliseconds;
}

/** What the player cannot do itself. */
export interface PlayHost {
  /** Frames are missing from here on, or others follow: whoever listens must learn of it. */
  onGap(): void;
  /** The last frame was sent. */
  onEnd(): void;
  /** Resolves once everybody has read what was sent, or is not going to. */
  read(): Promise<void>;
}

/** `waiting`: for somebody to subscribe; `paused`, also where it goes step by step; `ended`: the last frame was sent. */
export type PlayState = 'waiting' | 'playing' | 'paused' | 'ended';

export interface PlayStatus {
  readonly state: PlayState;
  readonly speed: Speed;
  /** The frame that was sent last, and where that was; of the beginning, the place before it. */
  readonly frame: number;
  readonly height: Height;
  readonly time: Milliseconds;
}

const SETTLE_MS = 250;
const REWIND_AFTER_MS = 5_000;
/** Books of quiet markets stay as they are for long: so far back they are looked for, no further, as all of it is unpacked. */
const BOOKS_WITHIN: Microseconds = 600_000_000;
/** How often it looks whether anybody is left. */
const LOOK_MS = 250;
/** After so much it waits until it is read. */
const BURST_CHARACTERS = 65_536;
/** Of one turn. */
const MOST_FRAMES = 256;
/** Timers wait no longer; then it waits again. */
const MOST_WAIT_MS = 2_147_483_647;

const BOOKS: ReadonlySet<Stream> = new Set(DEPTH_LEVELS.map(marketDepth));

const checkSpeed = (speed: Speed): Speed => {
  if (speed === 'max' || speed === 'step') return speed;
  // What comes by HTTP may be anything, and a text or a list of one number compares as a number too.
  if (typeof speed === 'number' && speed > 0 && speed < Number.POSITIVE_INFINITY) return speed;
  throw new NodeError('OPTIONS_INVALID', `speed is a number above 0, max or step, not ${JSON.stringify(speed)}`);
};

const millisecondsOf = ({ line }: Placed): Milliseconds => Math.floor(line.at / 1_000);

const keyOf = (stream: Stream, subject: string): string => `${subject}@${stream.topic}`;

const isGap = ({ kind }: Line): boolean => kind === 'gap' || kind === 'dropped';

/** Whether a frame comes after a place, which is itself the last frame, block or millisecond. */
const isBeyond = ({ line, frame, height }: Placed, to: RecordedPlace): boolean => {
  if (line.kind !== 'frame') return false;
  if ('frame' in to) return frame > to.frame;
  return 'height' in to ? height > to.height : line.at >= (to.time + 1) * 1_000;
};

export class RecordedSource implements Source {
  readonly symbols: readonly string[];
  readonly accounts: readonly Account[];
  readonly #recording: Recording;
  readonly #options: PlayOptions;
  readonly #host: PlayHost;
  /** The frame that it begins with, also when it begins anew. */
  #first: number;
  readonly #copies = new Copies();
  /** The latest books, which a new subscription gets at once. */
  readonly #books = new Map<string, Frame>();
  /** Where books are looked for that are not among these, if they were not looked for yet: the frame and time that it began with. */
  #unseen: { readonly frame: number; readonly at: Microseconds } | undefined;
  /** What was subscribed to; what nobody wants any more is found when it is looked for. */
  readonly #asked = new Map<string, readonly [Stream, string]>();
  #speed: Speed;
  #state: PlayState = 'waiting';
  /** Told to stand still, whoever is there. */
  #isHeld: boolean;
  #lines: Iterator<Placed>;
  /** The frame or gap that comes next. */
  #next: Placed | undefined;
  #at: Pick<PlayStatus, 'frame' | 'height' | 'time'>;
  /** Whether anything was sent since the last gap. */
  #hasSent = false;
  #sentCharacters = 0;
  /** The clock's time, and the recording's: what the pace is counted from. */
  #anchor: { readonly clock: Milliseconds; readonly time: Milliseconds } | undefined;
  #sink: Sink | undefined;
  #clock: Clock | undefined;
  #pumping: unknown;
  #settling: unknown;
  #looking: unknown;
  #leftAt: Milliseconds | undefined;
  /** Counted up whenever it halts, so that what was waited for before is not taken up. */
  #run = 0;

  /** @throws NodeError `PLACE_UNKNOWN`, `OPTIONS_INVALID`. */
  constructor(recording: Recording, options: PlayOptions, host: PlayHost) {
    this.#recording = recording;
    this.#options = options;
    this.#host = host;
    this.#speed = checkSpeed(options.speed ?? 1);
    this.#isHeld = this.#speed === 'step';
    this.symbols = recording.symbols;
    this.accounts = recording.addresses.map((address) => ({ name: address, address }));
    this.#first = this.#frameAt(options.from ?? { frame: 1 });
    [this.#lines, this.#at] = this.#open(this.#first);
  }

  get status(): PlayStatus {
    return { state: this.#state, speed: this.#speed, ...this.#at };
  }

  start(sink: Sink, clock: Clock): void {
    this.#sink = sink;
    this.#clock = clock;
    this.#look();
  }

  stop(): void {
    this.#halt();
    this.#clock?.clearTimeout(this.#settling);
    this.#clock?.clearTimeout(this.#looking);
    this.#sink = undefined;
    this.#clock = undefined;
  }

  snapshot(stream: Stream, subject: string): Frame | undefined {
    const key = keyOf(stream, subject);
    this.#asked.set(key, [stream, subject]);
    this.#settle();
    if (BOOKS.has(stream) && !this.#books.has(key)) this.#recallBooks();
    return this.#books.get(key);
  }

  /**
   * Goes on from another place, which is from now on also where it begins anew. Whoever listens loses his socket, for what lies between he does not get, or gets twice.
   *
   * @throws NodeError `PLACE_UNKNOWN`.
   */
  seek(place: RecordedPlace): void {
    this.#first = this.#frameAt(place);
    this.#goTo(this.#first);
    this.#settle();
    this.#lose();
  }

  /** Goes on, at this speed if one is given. @throws NodeError `OPTIONS_INVALID`. */
  play(speed: Speed = this.#speed === 'step' ? 1 : this.#speed): void {
    this.#speed = checkSpeed(speed);
    this.#isHeld = speed === 'step';
    if (this.#state === 'playing' || this.#state === 'paused') this.#go();
  }

  /** Stands still until `play`, but for steps. */
  pause(): void {
    this.#isHeld = true;
    if (this.#state === 'playing') this.#go();
  }

  /**
   * Sends so many frames at once, and stands still.
   *
   * @returns How many there were.
   * @throws NodeError `OPTIONS_INVALID`.
   */
  step(frames = 1): number {
    if (!Number.isSafeInteger(frames) || frames < 1)
      throw new NodeError('OPTIONS_INVALID', `frames is a whole number from 1 on, not ${frames}`);
    this.pause();
    let sent = 0;
    for (let next = this.#peek(); next && sent < frames; next = this.#peek()) sent += this.#send(next, frames - sent);
    if (this.#peek() === undefined) this.#end();
    return sent;
  }

  /**
   * Sends at once what there is up to a place, its last frame included, and stands still. Waits now and then for whoever reads.
   *
   * @returns How many frames there were.
   */
  async advance(to: RecordedPlace): Promise<number> {
    this.pause();
    const run = this.#run;
    let sent = 0;
    for (let next = this.#peek(); next && !isBeyond(next, to); next = this.#peek()) {
      sent += this.#send(next, 1);
      if (this.#sentCharacters < BURST_CHARACTERS) continue;
      this.#sentCharacters = 0;
      await this.#host.read();
      if (run !== this.#run) break;
    }
    if (this.#peek() === undefined) this.#end();
    return sent;
  }

  /** Begins a while after the last subscription. */
  #settle(): void {
    const clock = this.#clock;
    if (!clock || this.#state !== 'waiting') return;
    clock.clearTimeout(this.#settling);
    this.#settling = clock.setTimeout(() => {
      if (this.#isWanted() && this.#state === 'waiting') this.#go();
    }, this.#options.settle ?? SETTLE_MS);
  }

  #isWanted(): boolean {
    for (const [key, [stream, subject]] of this.#asked) {
      if (this.#sink?.wants(stream, subject)) return true;
      this.#asked.delete(key);
    }
    return false;
  }

  /** Looks whether anybody is there. */
  #look(): void {
    const clock = this.#clock;
    if (!clock) return;
    this.#looking = clock.setTimeout(() => this.#look(), LOOK_MS);
    if (this.#isWanted()) {
      this.#leftAt = undefined;
      return;
    }
    const now = clock.now();
    this.#leftAt ??= now;
    if (this.#state === 'playing' || this.#state === 'paused') this.#rest('waiting');
    const isBegun = this.#at.frame >= this.#first;
    if (isBegun && now - this.#leftAt >= (this.#options.rewindAfter ?? REWIND_AFTER_MS)) this.#goTo(this.#first);
  }

  /** Learns what had come by a place: copies of it may follow, and books stay as they were. */
  #prime(frame: number, at: Microseconds): void {
    this.#copies.clear();
    this.#books.clear();
    this.#unseen = undefined;
    if (frame === 1) return;
    this.#unseen = { frame, at };
    const before = this.#recording.frameAt({ time: Math.floor((at - COPIES_WITHIN) / 1_000) });
    for (const { line, frame: number } of this.#recording.lines(before)) {
      if (number >= frame) return;
      if (line.kind === 'frame') this.#frameOf(line);
    }
  }

  /** Finds the books that were the latest where it began, for who asks; those that came since are later still. */
  #recallBooks(): void {
    const until = this.#unseen;
    if (!until) return;
    this.#unseen = undefined;
    const recalled = new Map<string, Frame>();
    const before = this.#recording.frameAt({ time: Math.floor((until.at - BOOKS_WITHIN) / 1_000) });
    for (const { line, frame } of this.#recording.lines(before)) {
      if (frame >= until.frame) break;
      const facts = line.kind === 'frame' ? factsOf(line.text) : undefined;
      if (line.kind !== 'frame' || !facts || !BOOKS.has(facts.stream) || facts.subject === undefined) continue;
      const { stream, subject } = facts;
      recalled.set(keyOf(stream, subject), { stream, subject, text: line.text });
    }
    for (const [key, frame] of recalled) if (!this.#books.has(key)) this.#books.set(key, frame);
  }

  /** @throws NodeError `PLACE_UNKNOWN`, also if it lies behind the last place that is played. */
  #frameAt(place: RecordedPlace): number {
    const found = this.#recording.frameAt(place);
    const { to } = this.#options;
    const [first] = this.#recording.lines(found);
    if (!to || !first || !isBeyond(first, to)) return found;
    const { frame, height } = first;
    throw new NodeError(
      'PLACE_UNKNOWN',
      `nothing is played from there on: frame ${frame} of block ${height}, at ${new Date(millisecondsOf(first)).toISOString()}, comes after the end, ${JSON.stringify(to)}`,
    );
  }

  #open(frame: number): [Iterator<Placed>, Pick<PlayStatus, 'frame' | 'height' | 'time'>] {
    const [first] = this.#recording.lines(frame);
    if (first) this.#prime(frame, first.line.at);
    const at = { frame: frame - 1, height: first?.height ?? 0, time: first ? millisecondsOf(first) : 0 };
    return [this.#recording.lines(frame)[Symbol.iterator](), at];
  }

  #goTo(frame: number): void {
    this.#rest('waiting');
    this.#next = undefined;
    [this.#lines, this.#at] = this.#open(frame);
  }

  #halt(): void {
    this.#clock?.clearTimeout(this.#pumping);
    this.#anchor = undefined;
    this.#run += 1;
  }

  #rest(state: PlayState): void {
    this.#halt();
    this.#state = state;
  }

  #go(): void {
    this.#rest(this.#isHeld ? 'paused' : 'playing');
    if (!this.#isHeld) this.#pump();
  }

  /** Sends what is due, then waits for what comes next, or for whoever reads. */
  #pump(): void {
    const run = this.#run;
    for (;;) {
      const [clock, next] = [this.#clock, this.#peek()];
      if (!clock || run !== this.#run) return;
      if (!this.#isWanted() || !next) {
        if (next) this.#rest('waiting');
        else this.#end();
        return;
      }
      const wait = this.#waitFor(next, clock.now());
      if (wait > 0) {
        this.#pumping = clock.setTimeout(() => this.#pump(), wait);
        return;
      }
      this.#send(next, MOST_FRAMES);
      if (this.#sentCharacters < BURST_CHARACTERS) continue;
      this.#sentCharacters = 0;
      void this.#host.read().then(() => {
        if (run === this.#run) this.#pump();
      });
      return;
    }
  }

  /** How long until a line is due, whole milliseconds. */
  #waitFor({ line }: Placed, now: Milliseconds): Milliseconds {
    if (typeof this.#speed !== 'number') return 0;
    // What lies between two recordings nobody recorded, be it a month, and the later one is not waited for.
    if (line.kind === 'gap' && line.cause === BETWEEN) {
      this.#anchor = undefined;
      return 0;
    }
    const time = line.at / 1_000;
    this.#anchor ??= { clock: now, time };
    const due = this.#anchor.clock + (time - this.#anchor.time) / this.#speed;
    return Math.min(Math.ceil(due - now), MOST_WAIT_MS);
  }

  /** The frame or gap that comes next, up to where it is to end. */
  #peek(): Placed | undefined {
    while (!this.#next) {
      const { value, done } = this.#lines.next();
      if (done) return undefined;
      if (value.line.kind === 'frame' || isGap(value.line)) this.#next = value;
    }
    const { to } = this.#options;
    return to && isBeyond(this.#next, to) ? undefined : this.#next;
  }

  /**
   * Sends a frame, and those that came in the same millisecond; or tells of a gap.
   *
   * @param most - So many frames at most.
   * @returns How many of the recording's were used up.
   */
  #send(first: Placed, most: number): number {
    if (first.line.kind !== 'frame') {
      this.#next = undefined;
      this.#lose();
      return 0;
    }
    const [time, { height }] = [millisecondsOf(first), first];
    const frames: Frame[] = [];
    let used = 0;
    for (let next: Placed | undefined = first; next?.line.kind === 'frame' && used < most; next = this.#peek()) {
      if (millisecondsOf(next) !== time || next.height !== height) break;
      const frame = this.#frameOf(next.line);
      if (frame) frames.push(frame);
      this.#next = undefined;
      this.#at = { frame: next.frame, height, time };
      this.#sentCharacters += next.line.text.length;
      used += 1;
    }
    this.#hasSent ||= frames.length > 0;
    if (frames.length > 0) this.#sink?.send({ height, time, frames });
    return used;
  }

  /** `undefined` for what nobody can subscribe to, and for what another socket has brought already. */
  #frameOf({ text, socket, address, at }: Line & Received): Frame | undefined {
    const facts = factsOf(text);
    const subject = facts?.stream.scope === 'address' ? address : facts?.subject;
    if (!facts || subject === undefined) return undefined;
    const { stream } = facts;
    const key = keyOf(stream, subject);
    if (!this.#copies.isFirst(key, socket, text, at)) return undefined;
    const frame = { stream, subject, text };
    if (BOOKS.has(stream)) this.#books.set(key, frame);
    return frame;
  }

  #lose(): void {
    if (!this.#hasSent || this.#options.gaps === 'ignore') return;
    this.#hasSent = false;
    this.#host.onGap();
  }

  #end(): void {
    if (this.#state === 'ended') return;
    this.#rest('ended');
    this.#host.onEnd();
  }
}
