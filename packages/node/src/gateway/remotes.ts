/**
 * What each remote address takes: sockets at once, and requests a second.
 * In: addresses that come, ask and go. Out: whether they may. Clients of this machine are not counted unless on demand.
 */
import type { Milliseconds } from '@dexwire/protocol';
import type { Clock } from '../clock.ts';
import { isLoopback } from '../localCaller.ts';
import type { GatewayLimits } from './limits.ts';

/** Addresses whose requests are remembered; of more, the one that was seen first is forgotten. */
const MOST_REMOTES = 10_000;

interface Bucket {
  tokens: number;
  at: Milliseconds;
}

type Limits = Pick<GatewayLimits, 'countLoopback' | 'requestBurst' | 'requestsPerSecond' | 'sessionsPerRemote'>;

export class Remotes {
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #sessions = new Map<string, number>();
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: Limits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  isCounted(remote: string): boolean {
    return this.#limits.countLoopback || !isLoopback(remote);
  }

  /** Takes one of the address's sockets, if one is left. What is taken is to be given back by `leave`. */
  enter(remote: string): boolean {
    const count = this.#sessions.get(remote) ?? 0;
    if (count >= this.#limits.sessionsPerRemote) return false;
    this.#sessions.set(remote, count + 1);
    return true;
  }

  leave(remote: string): void {
    const left = (this.#sessions.get(remote) ?? 1) - 1;
    if (left > 0) this.#sessions.set(remote, left);
    else this.#sessions.delete(remote);
  }

  /** Whether the address may make one more request now. */
  asks(remote: string): boolean {
    if (!this.isCounted(remote)) return true;
    const { requestBurst, requestsPerSecond } = this.#limits;
    const now = this.#clock.now();
    let bucket = this.#buckets.get(remote);
    if (bucket === undefined) {
      bucket = { tokens: requestBurst, at: now };
      if (this.#buckets.size >= MOST_REMOTES) this.#buckets.delete(this.#buckets.keys().next().value ?? '');
      this.#buckets.set(remote, bucket);
    }
    const gained = (Math.max(now - bucket.at, 0) / 1_000) * requestsPerSecond;
    bucket.tokens = Math.min(bucket.tokens + gained, requestBurst);
    bucket.at = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
