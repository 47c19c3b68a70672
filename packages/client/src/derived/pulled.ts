/**
 * Sources that are pulled one item ahead, and the iterator over what is made of them: the ground of all derived streams.
 * In: async iterables, and a step that looks at what stands in front. Out: an iterator that ends, fails and closes with them.
 *
 * Nothing is asked of a source before somebody iterates, and then one item at a time: whatever else waits, waits in the
 * queue of the subscription, which has a bound and a policy.
 */
import { type Clock, systemClock } from '../clock.ts';
import { wait } from '../wait.ts';

export interface DerivedOptions {
  /** Its abort ends the stream; whoever waits for an item is rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Leave the sources open when the stream ends; they are closed unless it is given. Of each, the one item that was pulled
   * ahead is gone with the stream.
   */
  readonly leaveOpen?: boolean | undefined;
}

/** A stream made of others, to iterate by one consumer. `break` closes it, and its sources. */
export interface Derived<Out> extends AsyncIterable<Out, undefined> {
  /** No item comes after this. More than once is no more than once. */
  close(): void;
}

type InletState<T> =
  | { readonly name: 'idle' | 'asked' | 'over' }
  | { readonly name: 'full'; readonly value: T }
  | { readonly name: 'failed'; readonly error: unknown };

const IDLE = { name: 'idle' } as const;

/** One source. */
export class Inlet<T> {
  state: InletState<T> = IDLE;
  /** Called when the state has become another one by itself. */
  wake = (): void => {};
  readonly #source: AsyncIterable<T>;
  readonly #arrived: () => void;
  #iterator: AsyncIterator<T> | undefined;

  /** @param arrived - Called when an item, or what failed, has come in front. */
  constructor(source: AsyncIterable<T>, arrived = (): void => {}) {
    this.#source = source;
    this.#arrived = arrived;
  }

  /** Asks for an item, unless one stands in front or is on its way. @returns Whether it had to. */
  ask(): boolean {
    if (this.state.name !== 'idle') return false;
    this.state = { name: 'asked' };
    void this.#pull();
    return true;
  }

  /** The item in front, if there is one, makes room for the next. */
  take(): T | undefined {
    const { state } = this;
    if (state.name !== 'full') return undefined;
    this.state = IDLE;
    return state.value;
  }

  /** Does not wait: a source may have nothing to say for as long as it likes. */
  close(): void {
    this.state = { name: 'over' };
    void this.#return();
  }

  async #pull(): Promise<void> {
    let state: InletState<T>;
    try {
      this.#iterator ??= this.#source[Symbol.asyncIterator]();
      const { done, value } = await this.#iterator.next();
      state = done ? { name: 'over' } : { name: 'full', value };
    } catch (error) {
      state = { name: 'failed', error };
    }
    if (this.state.name !== 'asked') return;
    this.state = state;
    if (state.name !== 'over') this.#arrived();
    this.wake();
  }

  async #return(): Promise<void> {
    try {
      this.#iterator ??= this.#source[Symbol.asyncIterator]();
      await this.#iterator.return?.();
    } catch {
      // Nobody is left to be told how the end of a source went.
    }
  }
}

/**
 * What to do next. `hush`: something could be given if it were known that no source has another item at hand; so it is asked
 * once more, when they have had time to answer. `wait`: for a source, no longer than `ms`.
 */
export type Step<Out> =
  | { readonly name: 'give'; readonly value: Out }
  | { readonly name: 'hush' | 'end' }
  | { readonly name: 'wait'; readonly ms?: number };

interface Work<Out> {
  readonly inlets: readonly Inlet<unknown>[];
  /** @param isQuiet - No source has an item at hand that does not stand in front. What it throws ends the stream. */
  readonly step: (isQuiet: boolean) => Step<Out>;
  readonly options: DerivedOptions;
  /** For waits. */
  readonly clock?: Clock | undefined;
  readonly onEnd?: () => void;
}

/**
 * So many turns of promises a source may take to hand out what it has. A subscription takes two or three, a stream that is
 * derived from it a few more. One that takes longer passes for quiet.
 */
const TURNS = 32;

const END = { done: true, value: undefined } as const;

export class Pulled<Out> implements Derived<Out>, AsyncIterator<Out, undefined> {
  readonly #work: Work<Out>;
  /** The latest call of `next`: they are answered one after the other. */
  #latest: Promise<unknown> = Promise.resolve();
  /** `aborted`: whoever asks next is told so. */
  #state: 'open' | 'aborted' | 'over' = 'open';
  #wake = (): void => {};
  /** Turns since a source was asked, or answered. */
  #turns = 0;

  constructor(work: Work<Out>) {
    this.#work = work;
    const woken = (): void => {
      this.#turns = 0;
      this.#wake();
    };
    for (const inlet of work.inlets) inlet.wake = woken;
    const { signal } = work.options;
    signal?.addEventListener('abort', this.#abort);
    if (signal?.aborted) this.#abort();
  }

  next(): Promise<IteratorResult<Out, undefined>> {
    const result = this.#latest.then(() => this.#next());
    this.#latest = result.catch(() => {});
    return result;
  }

  return(): Promise<IteratorResult<Out, undefined>> {
    this.close();
    return Promise.resolve(END);
  }

  close(): void {
    this.#end('over');
    this.#wake();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  readonly #abort = (): void => this.#end('aborted');

  #end(state: 'aborted' | 'over'): void {
    const { inlets, options, onEnd } = this.#work;
    const isFirst = this.#state === 'open';
    if (this.#state !== 'over') this.#state = state;
    if (!isFirst) return;
    options.signal?.removeEventListener('abort', this.#abort);
    if (!options.leaveOpen) for (const inlet of inlets) inlet.close();
    onEnd?.();
  }

  async #next(): Promise<IteratorResult<Out, undefined>> {
    const { inlets, step, options } = this.#work;
    try {
      while (this.#state !== 'over') {
        options.signal?.throwIfAborted();
        for (const inlet of inlets) if (inlet.ask()) this.#turns = 0;
        const next = step(this.#turns >= TURNS);
        if (next.name === 'give') return { done: false, value: next.value };
        if (next.name === 'end') break;
        const isAsked = inlets.every(({ state }) => state.name !== 'idle');
        if (next.name === 'wait' && isAsked) await this.#pause(next.ms);
        else {
          this.#turns++;
          await undefined;
        }
      }
    } catch (error) {
      this.close();
      throw error;
    }
    this.close();
    return END;
  }

  #pause(ms: number | undefined): Promise<void> {
    const { options, clock = systemClock } = this.#work;
    return wait<void>(options.signal, ({ resolve }) => {
      this.#wake = resolve;
      const timer = ms === undefined ? undefined : clock.setTimeout(resolve, ms);
      return () => {
        if (ms !== undefined) clock.clearTimeout(timer);
      };
    });
  }
}
