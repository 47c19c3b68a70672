/**
 * The life of one link as one value, and the table of its moves. Pure: time, chance and causes come in, effects go out.
 * In: a state, an input, the circumstances. Out: the next state and what is to be done about it, in order.
 *
 * | from \ input | want    | unwant     | opened | lost     | time               | close   |
 * | ------------ | ------- | ---------- | ------ | -------- | ------------------ | ------- |
 * | idle         | dialing | closed     |        |          |                    | closed  |
 * | dialing      |         | closed     | open   | waiting* | waiting*           | closed  |
 * | open         | open    | open       |        | waiting+ | open, or closing+  | closing |
 * | waiting      |         | closed     |        |          | dialing*           | closed  |
 * | closing      |         |            |        | closed   | closed             |         |
 * | closed       |         |            |        |          |                    |         |
 *
 * `*`: closed once the first dial's time is up, or if it can never succeed. `+`: when nobody wants anything any more, lost is closed, time is closing.
 * An empty cell leaves the state as it is, without an effect.
 */
const MOVES: Moves = {
  idle: { want: dial, unwant: end, close: end },
  dialing: { unwant: end, opened: open, lost: retry, time: retry, close: end },
  open: { want: resume, unwant: linger, lost: retry, time: beat, close: hangUp },
  waiting: { unwant: end, time: dial, close: end },
  closing: { lost: end, time: end },
  closed: {},
};

/**
 * `want`: somebody wants something; `unwant`: nobody does any more; `opened`, `lost`: the socket is; `time`: the state's
 * `until` has come; `close`: the program is done.
 */
export type Input = 'want' | 'unwant' | 'opened' | 'lost' | 'time' | 'close';

/**
 * `dial`: open a socket; `ask`: send what is wanted; `keepAlive`: send one; `hangUp`: close the socket in order;
 * `drop`: forget it, what it was asked is asked no more; `fail`: whoever waits gets the cause.
 */
export type Effect = 'dial' | 'ask' | 'keepAlive' | 'hangUp' | 'drop' | 'fail';

interface Idle {
  readonly name: 'idle';
}

interface Dialing {
  readonly name: 'dialing';
  /** Failed attempts before this one, since the link was last steady. */
  readonly attempt: number;
  /** Which socket of the link this is, from 1. What an older one still says is ignored. */
  readonly generation: number;
  /** When the handshake is given up, milliseconds of the clock. */
  readonly until: number;
  /** When the link is given up if it was never open, milliseconds of the clock; `Infinity`: never. */
  readonly giveUp: number;
}

interface Open {
  readonly name: 'open';
  readonly attempt: number;
  readonly generation: number;
  /** Since when, milliseconds of the clock. */
  readonly since: number;
  /** When the next keepAlive is due, whatever the traffic, milliseconds of the clock. */
  readonly due: number;
  /** When the next keepAlive is due or, while nobody wants anything, the socket is closed. */
  readonly until: number;
  /** Nobody wants anything; the socket stays for a while, in case. */
  readonly lingering: boolean;
}

interface Waiting {
  readonly name: 'waiting';
  /** Failed attempts so far, since the link was last steady. */
  readonly attempt: number;
  readonly generation: number;
  /** When the next attempt is made, milliseconds of the clock. */
  readonly until: number;
  readonly giveUp: number;
  /** Why the last socket was lost or could not be opened. */
  readonly cause: unknown;
}

interface Closing {
  readonly name: 'closing';
  /** When the socket is dropped if the other side has not answered, milliseconds of the clock. */
  readonly until: number;
}

interface Closed {
  readonly name: 'closed';
  /** Why, where it was not the program's wish. */
  readonly cause?: unknown;
}

/** What one of several states may know. */
type Past = { readonly name: string } & Partial<Omit<Waiting, 'name'> & Omit<Open, 'name'>>;

/** One link's state. `open`, `waiting` and the others exclude each other; each carries what only it knows. */
export type ConnectionState = Idle | Dialing | Open | Waiting | Closing | Closed;

/** How long things may take, milliseconds. */
export interface Timings {
  /** For one handshake, and for all attempts of a first dial together. */
  readonly connectTimeout: number;
  readonly closeTimeout: number;
  /** Give or take a tenth. */
  readonly keepAliveEvery: number;
  /** How long a socket stays open that nobody wants. */
  readonly linger: number;
  /** Pauses between attempts: `first`, times `factor` each time, at most `most`; of each a random half is taken off. */
  readonly backoff: { readonly first: number; readonly factor: number; readonly most: number };
}

/** What a move depends on besides the state. */
export interface Circumstances extends Timings {
  /** Milliseconds of the clock. */
  readonly now: number;
  /** 0 up to 1. */
  readonly random: number;
  /** No socket was ever open, so that a dial must come to an end. */
  readonly first: boolean;
  /** The cause would be the same with every attempt. */
  readonly final?: boolean;
  /** Of `lost` and `time`. */
  readonly cause?: unknown;
}

/** The next state, and the effects in order. */
type Move = readonly [ConnectionState, ...Effect[]];

/** Each step takes the states whose rows it stands in. */
type Moves = {
  readonly [Name in ConnectionState['name']]: {
    readonly [I in Input]?: (state: Extract<ConnectionState, { name: Name }>, circumstances: Circumstances) => Move;
  };
};

/** A socket that was open for so long was steady: the backoff begins anew. */
const STEADY_MS = 10_000;

/** The one way from state to state. A state that stays as it was has no effects. */
export const move = (state: ConnectionState, input: Input, circumstances: Circumstances): Move =>
  MOVES[state.name][input]?.(state as never, circumstances) ?? [state];

function dial(state: Idle | Waiting, { now, connectTimeout, first }: Circumstances): Move {
  const limit = now + connectTimeout;
  const { attempt = 0, generation = 0, giveUp = first ? limit : Infinity, cause }: Past = state;
  return now < giveUp
    ? [{ name: 'dialing', attempt, generation: generation + 1, until: Math.min(limit, giveUp), giveUp }, 'dial']
    : fail(cause);
}

function open({ attempt, generation }: Dialing, circumstances: Circumstances): Move {
  const due = keepAliveDue(circumstances);
  return [{ name: 'open', attempt, generation, since: circumstances.now, due, until: due, lingering: false }, 'ask'];
}

function retry(state: Dialing | Open, { now, random, backoff, cause, first, final }: Circumstances): Move {
  const { giveUp = Infinity, lingering, since = now }: Past = state;
  if (lingering) return end();
  if (now >= giveUp || (first && final)) return fail(cause);
  const { generation } = state;
  const attempt = now - since < STEADY_MS ? state.attempt : 0;
  const pause = Math.min(backoff.most, backoff.first * backoff.factor ** attempt) * (1 - random / 2);
  const until = Math.min(now + pause, giveUp);
  return [{ name: 'waiting', attempt: attempt + 1, generation, until, giveUp, cause }, 'drop'];
}

function beat(state: Open, circumstances: Circumstances): Move {
  if (state.lingering) return hangUp(state, circumstances);
  const due = keepAliveDue(circumstances);
  return [{ ...state, due, until: due }, 'keepAlive'];
}

function linger(state: Open, { now, linger }: Circumstances): Move {
  return [state.lingering ? state : { ...state, until: now + linger, lingering: true }];
}

function resume(state: Open): Move {
  return [state.lingering ? { ...state, until: state.due, lingering: false } : state];
}

function hangUp(_state: Open, { now, closeTimeout }: Circumstances): Move {
  return [{ name: 'closing', until: now + closeTimeout }, 'hangUp'];
}

function end(): Move {
  return [{ name: 'closed' }, 'drop'];
}

function fail(cause: unknown): Move {
  return [{ name: 'closed', cause }, 'drop', 'fail'];
}

/** A tenth sooner or later, so that many clients do not speak at once. */
function keepAliveDue({ now, random, keepAliveEvery }: Circumstances): number {
  return now + keepAliveEvery * (0.9 + random / 5);
}
