/**
 * Flows of orders, the same for every engine: what is placed at what price, and what is cancelled.
 * In: how many steps, of which kind, over how many pairs. Out: steps as plain numbers, always the same ones.
 */
import { seeded } from './frames.ts';

/** Prices and quantities are whole: ticks and lots. */
export type Step =
  | {
      readonly kind: 'add';
      readonly pair: number;
      readonly side: 'buy' | 'sell';
      readonly price: number;
      readonly quantity: number;
      /** Which of the owners. */
      readonly owner: number;
    }
  /** `of` is the place of an earlier step that added an order, which may be filled or gone by now. */
  | { readonly kind: 'cancel'; readonly pair: number; readonly of: number };

export const FLOWS = ['rest', 'match', 'mix'] as const;
/** `rest`: nothing crosses, almost half are cancels; `match`: most trade, a tenth are cancels; `mix`: between the two. */
export type Flow = (typeof FLOWS)[number];

export const OWNERS = 50;
const MIDDLE = 10_000;
const CANCELS: Readonly<Record<Flow, number>> = { rest: 0.4485, match: 0.1, mix: 0.3 };

/** Ticks away from the middle: `rest` has 500 levels a side, `match` all within 60 ticks of the middle. */
const priceOf = (flow: Flow, isBuy: boolean, random: () => number): number => {
  if (flow === 'rest' || (flow === 'mix' && random() < 0.5)) {
    const away = 1 + Math.floor(random() * 500);
    return isBuy ? MIDDLE - away : MIDDLE + away;
  }
  return MIDDLE - 60 + Math.floor(random() * 121);
};

export const flowOf = (flow: Flow, count: number, pairs: number): Step[] => {
  const random = seeded(7);
  const steps: Step[] = [];
  /** Places of orders that no step has cancelled. */
  const open: number[] = [];
  for (let place = 0; place < count; place++) {
    if (open.length > 0 && random() < CANCELS[flow]) {
      const chosen = Math.floor(random() * open.length);
      const of = open[chosen]!;
      open[chosen] = open.at(-1)!;
      open.pop();
      steps.push({ kind: 'cancel', pair: steps[of]!.pair, of });
      continue;
    }
    const isBuy = random() < 0.5;
    open.push(place);
    steps.push({
      kind: 'add',
      pair: Math.floor(random() * pairs),
      side: isBuy ? 'buy' : 'sell',
      price: priceOf(flow, isBuy, random),
      quantity: 1 + Math.floor(random() * 100),
      owner: Math.floor(random() * OWNERS),
    });
  }
  return steps;
};
