/**
 * Faults and time on command: one interface, in process and behind `/control`.
 * In: verbs. Out: broken sockets, and blocks that come when they are told to. Off unless somebody makes one.
 */
import type { Milliseconds } from '@dexwire/protocol';
import type { Admission, FaultyGateway, FaultySession, SessionState } from '../gateway/faults.ts';
import { ControlError } from './controlError.ts';

/** Which sessions: all of them unless it says one by its id, or those that want personal streams of an address. */
export interface Selector {
  readonly id?: number;
  readonly address?: string;
}

/** The venue's time where it can be stepped. Times are milliseconds since the Unix epoch. */
export interface TimeControl {
  now(): Milliseconds;
  /** Seals so many blocks, one after the other. The control asks for one at a time, and has written what it brings before the next. */
  advance(blocks: number): Promise<void>;
  /** Goes to a later time and seals one block there; the chain stands still in between. */
  advanceTo(time: Milliseconds): void;
  /** Time stands still but for `advance` and `advanceTo`. */
  pause(): void;
  /** Time goes on by itself. */
  run(): void;
}

/** Every verb that picks sessions returns how many it met. */
export interface Control {
  sessions(): readonly SessionState[];
  /** Destroys sockets at once, without a close frame; with a code, closes them with it. */
  drop(selector?: Selector, code?: number): number;
  /** Destroys sockets with a reset, which their clients see as an error. */
  reset(selector?: Selector): number;
  /** Sockets stay open, but from here on nothing is sent or answered, not even a ping, and what comes in is swallowed. */
  halfOpen(selector?: Selector): number;
  /** Holds back what is sent, for so long by the clock or until `resume`; past the budget for slow readers: 1013. */
  stall(selector?: Selector, ms?: Milliseconds): number;
  resume(selector?: Selector): number;
  /** Drops subscriptions without a word: of a topic, of a subject, of both, or all. Returns how many subscriptions. */
  forget(selector?: Selector, topic?: string, subject?: string): number;
  /** What becomes of new handshakes from here on. */
  admit(admission: Admission): void;
  /**
   * Cuts every session, frees the port, and takes it again `after` milliseconds later; the chain goes on.
   *
   * @throws NodeError `LISTEN_FAILED` if the port is taken in between.
   */
  restart(after?: Milliseconds): Promise<void>;
  /** @throws ControlError `CONTROL_TIME_NOT_STEPPED`, as do all that follow. */
  now(): Milliseconds;
  advance(blocks?: number): Promise<void>;
  at(time: Milliseconds): Promise<void>;
  pause(): void;
  run(): void;
}

export interface ControlOptions {
  /** `undefined` until it is open, so that a control can be made before. */
  readonly gateway: () => FaultyGateway | undefined;
  /** Only where time can be stepped. */
  readonly time?: TimeControl;
}

/** Blocks of one command: half a day of them. */
const MOST_BLOCKS = 108_000;

/** Two weeks; timers of Node.js hold no more than three and a half. */
const MOST_WAIT_MS = 1_209_600_000;

const bad = (message: string): ControlError => new ControlError('CONTROL_BAD_ARGUMENT', message);

const checkWhole = (name: string, value: number, least: number, most: number): void => {
  if (!Number.isInteger(value) || value < least || value > most)
    throw bad(`${name} is a whole number from ${least} to ${most}, not ${value}`);
};

/** Codes that may stand in a close frame: RFC 6455 §7.4, and those registered since. */
const isCloseCode = (code: number): boolean =>
  Number.isInteger(code) &&
  ((code >= 1_000 && code <= 1_014 && ![1_004, 1_005, 1_006].includes(code)) || (code >= 3_000 && code <= 4_999));

const checkAdmission = (admission: Admission): void => {
  if (admission.mode === 'refuse') checkWhole('status', admission.status ?? 503, 400, 599);
  if (admission.mode === 'delay') checkWhole('ms', admission.ms, 0, MOST_WAIT_MS);
};

/**
 * A control over a gateway, and over time where it is stepped.
 *
 * @throws ControlError from any verb: `CONTROL_BAD_ARGUMENT`, `CONTROL_NOT_READY`, `CONTROL_TIME_NOT_STEPPED`.
 */
export const openControl = ({ gateway, time }: ControlOptions): Control => {
  const opened = (): FaultyGateway => {
    const open = gateway();
    if (open === undefined) throw new ControlError('CONTROL_NOT_READY', 'the gateway is not open yet; ask again');
    return open;
  };
  const stepped = (): TimeControl => {
    if (time !== undefined) return time;
    throw new ControlError('CONTROL_TIME_NOT_STEPPED', 'time goes by itself here; start the node with stepped time');
  };
  const pick = ({ id, address }: Selector = {}): FaultySession[] =>
    // A copy: sessions that are cut leave the gateway's own list.
    [...opened().sessions()].filter(
      (session) =>
        (id === undefined || session.id === id) && (address === undefined || session.address === address.toLowerCase()),
    );
  const each = (selector: Selector | undefined, fault: (session: FaultySession) => void): number => {
    const picked = pick(selector);
    for (const session of picked) fault(session);
    return picked.length;
  };

  return {
    sessions: () => pick().map((session) => session.state()),
    drop: (selector, code) => {
      if (code !== undefined && !isCloseCode(code)) throw bad(`code ${code} cannot stand in a close frame`);
      return each(selector, (session) => session.drop(code));
    },
    reset: (selector) => each(selector, (session) => session.reset()),
    halfOpen: (selector) => each(selector, (session) => session.halfOpen()),
    stall: (selector, ms) => {
      if (ms !== undefined) checkWhole('ms', ms, 0, MOST_WAIT_MS);
      return each(selector, (session) => session.stall(ms));
    },
    resume: (selector) => each(selector, (session) => session.resume()),
    forget: (selector, topic, subject) => {
      const dropped = pick(selector).map((session) => session.forget(topic, subject));
      return dropped.reduce((sum, count) => sum + count, 0);
    },
    admit: (admission) => {
      checkAdmission(admission);
      opened().setAdmission(admission);
    },
    restart: (after = 0) => {
      checkWhole('after', after, 0, MOST_WAIT_MS);
      return opened().restart(after);
    },
    now: () => stepped().now(),
    advance: async (blocks = 1) => {
      checkWhole('blocks', blocks, 1, MOST_BLOCKS);
      const stepping = stepped();
      // Blocks come faster than they can be compressed, and nobody is to be too slow a reader for that.
      for (let block = 0; block < blocks; block += 1) {
        await stepping.advance(1);
        await opened().written();
      }
    },
    at: async (to) => {
      const now = stepped().now();
      if (!Number.isSafeInteger(to) || to <= now) throw bad(`time is whole milliseconds, later than ${now}, not ${to}`);
      stepped().advanceTo(to);
    },
    pause: () => stepped().pause(),
    run: () => stepped().run(),
  };
};
