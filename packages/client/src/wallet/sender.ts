/**
 * The way of transactions to the chain: one after another, in the order of the calls, each with the next sequence.
 * In: jobs, each a promise of a message. Out: signed transactions at the gateway, and what it said to each.
 *
 * The sequence is asked for once, and then counted here: several transactions of a block are legal, so none waits for the
 * block of the one before. A refused transaction has used no sequence. When the chain disagrees, or when it is not known
 * what became of a transaction, that is found out, and the sequence asked for anew, before anything else is signed.
 */
import { formatOrderId } from '@dexwire/protocol';
import type { Message } from '@dexwire/protocol/transactions';
import type { Clock } from '../clock.ts';
import { abortable, wait } from '../wait.ts';
import { refused, WalletError } from './errors.ts';
import { isFailed } from './reading.ts';
import { LOOK_EVERY_MS, type Rest } from './rest.ts';
import type { Signed, Signer } from './signer.ts';

/** The chain's code for a sequence, or an account number, that is not the one expected. */
const SEQUENCE = 65_539;

/** What is to be sent, as far as it can be known before its turn. */
export interface Prepared {
  readonly chainId: string;
  /** Of the sender. */
  readonly address: string;
  readonly memo: string;
  /** An order's id depends on the sequence, so the message is made when it is signed. */
  message(sequence: number): Message;
}

interface Job {
  readonly prepared: Promise<Prepared>;
  /** Heeded until the transaction is posted. */
  readonly signal: AbortSignal;
  /**
   * It is about to be posted: from now on it may be in a block. Called again before it is posted again, signed anew or not.
   *
   * @throws WalletError `CLOSED`; then it is not posted.
   */
  posting(signed: Signed): void;
  /** It was refused for its sequence, and will be signed again: nothing is on its way any more. */
  again(): void;
}

/**
 * `accepted`: the chain has it. `probable`: the answer was lost, and the account's sequence has gone on, so it was this one,
 * or one of another program with the same key; its block will tell.
 */
export type Acceptance = 'accepted' | 'probable';

interface Account {
  readonly number: number;
  sequence: number;
}

export class Sender {
  readonly #rest: Rest;
  readonly #signer: Signer;
  readonly #clock: Clock;
  #tail: Promise<unknown> = Promise.resolve();
  #account: Account | undefined;

  constructor(rest: Rest, signer: Signer, clock: Clock) {
    this.#rest = rest;
    this.#signer = signer;
    this.#clock = clock;
  }

  /** Resolves when every job so far has been answered for. */
  get idle(): Promise<unknown> {
    return this.#tail;
  }

  /** @throws WalletError `REFUSED`, `UNCERTAIN`, `UNREACHABLE`, `UNKNOWN_ACCOUNT`; what `prepared` or the signal rejects with. */
  send(job: Job): Promise<Acceptance> {
    job.prepared.catch(() => {});
    const turn = this.#tail;
    const run = (async () => {
      await turn;
      return this.#run(job);
    })();
    this.#tail = run.catch(() => {});
    return abortable(job.signal, run);
  }

  async #run(job: Job): Promise<Acceptance> {
    const { signal } = job;
    const prepared = await abortable(signal, job.prepared);
    for (let isFirst = true; ; isFirst = false) {
      this.#account ??= await abortable(signal, this.#ask(prepared.address));
      const account = this.#account;
      const signed = this.#sign(prepared, account);
      job.posting(signed);
      const verdict = await this.#rest.broadcast(signed.hex); // not given up: its answer moves the sequence
      if (verdict.name === 'accepted') {
        account.sequence++;
        return 'accepted';
      }
      if (verdict.name === 'unknown') {
        this.#account = undefined;
        return this.#findOut(job, signed, prepared.address, verdict.cause);
      }
      if (verdict.code === SEQUENCE) {
        this.#account = undefined;
        // Something between here and the gateway may have sent it twice: then the second one is refused, and the first is in.
        if ((await this.#userOf(signed, prepared.address, signal)) === signed.txHash) return 'accepted';
      }
      if (verdict.code !== SEQUENCE || !isFirst) throw refused(signed.txHash, verdict.code, verdict.text);
      job.again();
    }
  }

  #sign({ chainId, memo, message }: Prepared, { number, sequence }: Account): Signed {
    try {
      return this.#signer.sign(message(sequence), { chainId, accountNumber: number, sequence, memo });
    } catch (cause) {
      throw new WalletError('INVALID', cause instanceof Error ? cause.message : 'it cannot be signed', { cause });
    }
  }

  async #ask(address: string): Promise<Account> {
    const found = await this.#rest.account(address);
    if (found) return { number: found.number, sequence: found.sequence };
    throw new WalletError(
      'UNKNOWN_ACCOUNT',
      `the chain does not know ${address}: it comes to be when it receives coins`,
    );
  }

  /**
   * The hash of the transaction that has used the sequence of one which was refused for it, empty if none has. Until a block
   * tells nobody knows whether it was the same one, on another way: then nothing may be signed in its place (ADR 0029).
   */
  #userOf({ txHash, sequence }: Signed, address: string, signal: AbortSignal): Promise<string> {
    return this.#insist(signal, async () => {
      const account = await this.#ask(address);
      if (account.sequence <= sequence) return '';
      if ((await this.#rest.transaction(txHash))?.code === 0) return txHash;
      // The id of an order follows from its sequence, whatever this one is.
      const order = await this.#rest.order(formatOrderId(address, sequence + 1));
      return order && !isFailed(order) ? order.txHash : this.#rest.hashAt(address, sequence);
    });
  }

  /**
   * The answer was lost. Has the chain this transaction, or one with this sequence? If not, the same bytes are posted once
   * more: with this sequence they can be accepted once only, however often and late they arrive (ADR 0029).
   */
  async #findOut(job: Job, signed: Signed, address: string, cause: unknown): Promise<Acceptance> {
    const { txHash, sequence } = signed;
    const { signal } = job;
    let lost = cause;
    for (let isFirst = true; ; isFirst = false) {
      const found = await this.#insist(signal, async () => {
        // If it failed there, that may have been another time: the chain is asked again, and says why.
        if ((await this.#rest.transaction(txHash))?.code === 0) return 'accepted';
        return ((await this.#rest.account(address))?.sequence ?? 0) > sequence ? 'probable' : 'unused';
      });
      if (found !== 'unused') return found;
      if (!isFirst)
        throw new WalletError('UNCERTAIN', `whether transaction ${txHash} was accepted is not known`, {
          txHash,
          cause: lost,
        });
      job.posting(signed);
      const verdict = await this.#rest.broadcast(signed.hex);
      if (verdict.name === 'accepted') return 'accepted';
      if (verdict.name === 'unknown') lost = verdict.cause;
      else if (verdict.code !== SEQUENCE) throw refused(txHash, verdict.code, verdict.text);
    }
  }

  /** Asks until something is known, for a gateway may be away for a while: as long as somebody wants to know. */
  async #insist<T>(signal: AbortSignal, ask: () => Promise<T | undefined>): Promise<T> {
    for (;;) {
      try {
        const found = await abortable(signal, ask());
        if (found !== undefined) return found;
      } catch (thrown) {
        if (!(thrown instanceof WalletError && thrown.code === 'UNREACHABLE')) throw thrown;
      }
      await wait<void>(signal, ({ resolve }) => {
        const timer = this.#clock.setTimeout(resolve, LOOK_EVERY_MS);
        return () => this.#clock.clearTimeout(timer);
      });
    }
  }
}
