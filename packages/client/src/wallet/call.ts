/**
 * One call of the wallet: until when it may last, and what it has come to.
 * In: the caller's signal, a deadline, the end of the wallet. Out: one signal for all three, whose reason tells what is known.
 */
import type { Clock, Timer } from '../clock.ts';
import type { Ending } from './ending.ts';
import { invalid, WalletError } from './errors.ts';

/**
 * Milliseconds that something may take.
 *
 * @throws WalletError `INVALID`.
 */
export const durationAs = (name: string, value: unknown): number => {
  if (typeof value === 'number' && value >= 0) return value;
  throw invalid(name, `found ${typeof value === 'number' ? value : typeof value}, expected milliseconds, 0 or more`);
};

/** What every call takes. */
export interface CallOptions {
  /** Before the transaction is sent its abort means that it is not. Afterwards only the wait is given up. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that the call may take, on the clock of the connection. */
  readonly within?: number | undefined;
}

interface CallSettings extends CallOptions {
  readonly clock: Clock;
  readonly within: number;
  readonly ending: Ending;
}

export class Call {
  /** Of the transaction that is on its way, once one is. */
  txHash: string | undefined;
  isAccepted = false;
  readonly #own = new AbortController();
  readonly #settings: CallSettings;
  readonly #timer: Timer;
  readonly #deafen: () => void;
  readonly #abort = (): void => this.#own.abort(this.#settings.signal?.reason);
  readonly #close = (): void => {
    const { txHash } = this;
    const { what } = this.#settings.ending;
    this.#own.abort(new WalletError('CLOSED', `${what} is closed${txHash ? `; ${this.#known()}` : ''}`, { txHash }));
  };

  /** @throws WalletError `INVALID` for a signal that is none, or a time that is none. */
  constructor(settings: CallSettings) {
    const { clock, within, signal, ending } = settings;
    if (signal && typeof signal.addEventListener !== 'function') throw invalid('signal', 'expected an AbortSignal');
    this.#settings = settings;
    this.#timer = clock.setTimeout(() => this.#own.abort(this.#late()), durationAs('within', within));
    signal?.addEventListener('abort', this.#abort);
    this.#deafen = ending.listen(this.#close);
    if (signal?.aborted) this.#abort();
    if (ending.what) this.#close();
  }

  get signal(): AbortSignal {
    return this.#own.signal;
  }

  end(): void {
    const { clock, signal } = this.#settings;
    clock.clearTimeout(this.#timer);
    signal?.removeEventListener('abort', this.#abort);
    this.#deafen();
  }

  #known(): string {
    const { txHash, isAccepted } = this;
    return isAccepted
      ? `transaction ${txHash} was accepted and may be in a block`
      : `transaction ${txHash} was sent, and whether it was accepted is not known`;
  }

  #late(): WalletError {
    const { txHash, isAccepted } = this;
    const { within } = this.#settings;
    if (txHash === undefined) return new WalletError('TIMED_OUT', `not done in ${within} ms, and nothing was sent`);
    return new WalletError(isAccepted ? 'UNCONFIRMED' : 'UNCERTAIN', `not done in ${within} ms; ${this.#known()}`, {
      txHash,
    });
  }
}
