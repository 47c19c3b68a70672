/**
 * What became of one transaction, once a block has it.
 * In: what the streams tell, and REST where they may have missed it. Out: one promise.
 */
import { signerOf } from '@dexwire/protocol/transactions';
import type { Clock, Timer } from '../clock.ts';
import { refused } from './errors.ts';
import type { TransactionState } from './reading.ts';
import { LOOK_EVERY_MS, type Rest } from './rest.ts';
import type { Acceptance } from './sender.ts';
import type { Signed } from './signer.ts';
import type { News, Waiter, Watch } from './watch.ts';

/** How the outcome of a kind of transaction is known. */
export interface Telling<T> {
  /** Under what the streams tell of it: an order's id, or the transaction's hash. */
  key(signed: Signed): string;
  /** `undefined`: this does not tell; if it is about the order all the same, what does was perhaps missed. */
  read(news: News, signed: Signed): T | undefined;
  /** The streams have missed it; REST knows its block. */
  recover(signed: Signed, block: TransactionState): Promise<T>;
}

interface Ties {
  readonly rest: Rest;
  readonly watch: Watch;
  readonly clock: Clock;
}

export class Outcome<T> implements Waiter {
  readonly promise: Promise<T>;
  readonly #ties: Ties;
  readonly #telling: Telling<T>;
  #settle: { resolve: (value: T) => void; reject: (reason: unknown) => void } = { resolve: () => {}, reject: () => {} };
  #signed: Signed | undefined;
  #acceptance: Acceptance | undefined;
  #found: T | undefined;
  #isMissed = false;
  #isLooking = false;
  #isOver = false;
  #timer: Timer;

  constructor(ties: Ties, telling: Telling<T>) {
    this.#ties = ties;
    this.#telling = telling;
    this.promise = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.promise.catch(() => {});
  }

  /** Before it is posted, for a block may be faster than the answer. */
  expect(signed: Signed): void {
    this.#forget();
    // Signed anew it is another transaction: what was told was about that of another program, whose order has the same id.
    if (this.#signed?.txHash !== signed.txHash) this.#found = undefined;
    this.#signed = signed;
    this.#ties.watch.add(this.#telling.key(signed), this);
  }

  accepted(acceptance: Acceptance): void {
    this.#acceptance = acceptance;
    this.#decide();
    if (this.#isMissed) void this.#look();
    this.#wake();
  }

  take(news: News): void {
    if (!this.#signed) return;
    const found = this.#telling.read(news, this.#signed);
    if (found !== undefined) {
      this.#found = found;
      this.#decide();
    } else if (news.kind === 'reports' && this.#found === undefined) this.missed();
  }

  missed(): void {
    this.#isMissed = true;
    void this.#look();
  }

  /** Nobody waits any more. */
  end(): void {
    this.#isOver = true;
    this.#ties.clock.clearTimeout(this.#timer);
    this.#forget();
  }

  #forget(): void {
    if (this.#signed) this.#ties.watch.remove(this.#telling.key(this.#signed), this);
  }

  #decide(): void {
    if (this.#found === undefined || !this.#acceptance) return;
    if (this.#acceptance === 'probable') void this.#look();
    else this.#finish(this.#found);
  }

  #finish(value: T): void {
    this.#settle.resolve(value);
    this.end();
  }

  #wake(): void {
    const { clock } = this.#ties;
    if (this.#isOver) return;
    this.#timer = clock.setTimeout(() => {
      void this.#look();
      this.#wake();
    }, LOOK_EVERY_MS);
  }

  async #look(): Promise<void> {
    const signed = this.#signed;
    if (!signed || !this.#acceptance || this.#isLooking || this.#isOver) return;
    this.#isLooking = true;
    try {
      const block = await this.#ties.rest.transaction(signed.txHash);
      if (!block || this.#isOver) return;
      if (block.code === 0) this.#finish(this.#found ?? (await this.#telling.recover(signed, block)));
      else if (await this.#isUnused(signed)) {
        this.#settle.reject(refused(signed.txHash, block.code, block.log));
        this.end();
      }
    } catch {
      // REST is not to be had at the moment: it is asked again, until the call's deadline.
    } finally {
      this.#isLooking = false;
    }
  }

  /**
   * Whether no transaction has used its sequence. If one has, a failure that REST tells of is an earlier one: a transaction
   * that was refused, and is made again, has the same bytes and so the same hash.
   */
  async #isUnused({ message, sequence }: Signed): Promise<boolean> {
    const account = await this.#ties.rest.account(signerOf(message) ?? '');
    return account !== undefined && account.sequence <= sequence;
  }
}
