/**
 * The peer of the engine benches: `nodejs-order-book`, a book a pair, which matches each order as it comes.
 * In: steps of a flow. Out: what they took on fresh books.
 */
import { OrderBook } from 'nodejs-order-book';
import { sink } from './measure.ts';
import type { Step } from './orderFlow.ts';

export const PEER = 'nodejs-order-book, the same flow';

type Limit = Parameters<OrderBook['limit']>[0];
type Call = { readonly pair: number } & ({ readonly cancel: string } | { readonly limit: Limit });

const callOf = (step: Step, place: number): Call =>
  step.kind === 'cancel'
    ? { pair: step.pair, cancel: String(step.of) }
    : {
        pair: step.pair,
        limit: { id: String(place), side: step.side as Limit['side'], price: step.price, size: step.quantity },
      };

/** What is asked of the peer at a time is made just before, and outside the time that counts, as for the chain. */
const BATCH = 100;

/** @returns Milliseconds that the peer took, and its books. */
export const drivePeer = (steps: readonly Step[], pairs: number): { spent: number; books: readonly OrderBook[] } => {
  const books = Array.from({ length: pairs }, () => new OrderBook());
  let spent = 0;
  for (let first = 0; first < steps.length; first += BATCH) {
    const calls = steps.slice(first, first + BATCH).map((step, place) => callOf(step, first + place));
    const start = performance.now();
    for (const call of calls) {
      const book = books[call.pair]!;
      sink.value = 'cancel' in call ? book.cancel(call.cancel) : book.limit(call.limit);
    }
    spent += performance.now() - start;
  }
  return { spent, books };
};
