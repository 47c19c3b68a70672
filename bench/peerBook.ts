/**
 * The peer of the engine benches: `nodejs-order-book`, a book a pair, which matches each order as it comes.
 * In: steps of a flow. Out: what runs them on fresh books.
 */
import { OrderBook } from 'nodejs-order-book';
import { sink } from './measure.ts';
import type { Step } from './orderFlow.ts';

export const PEER = 'nodejs-order-book, the same flow';

type Limit = Parameters<OrderBook['limit']>[0];
type Call = { readonly pair: number } & ({ readonly cancel: string } | { readonly limit: Limit });

/** What a step asks of the peer, made before anything is timed, as our transactions are. */
const callsOf = (steps: readonly Step[]): Call[] =>
  steps.map((step, place) =>
    step.kind === 'cancel'
      ? { pair: step.pair, cancel: String(step.of) }
      : {
          pair: step.pair,
          limit: { id: String(place), side: step.side as Limit['side'], price: step.price, size: step.quantity },
        },
  );

export const peerRun = (steps: readonly Step[], pairs: number): (() => readonly OrderBook[]) => {
  const calls = callsOf(steps);
  return () => {
    const books = Array.from({ length: pairs }, () => new OrderBook());
    for (const call of calls) {
      const book = books[call.pair]!;
      sink.value = 'cancel' in call ? book.cancel(call.cancel) : book.limit(call.limit);
    }
    return books;
  };
};
