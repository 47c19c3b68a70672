/**
 * Blocks: what it costs to seal, to publish and to cut into topics one of 100, 10,000 and 100,000 new orders, and to hand it
 * to 1,000 sessions.
 * Out: first the whole line, sealed, published and written as text, against `nodejs-order-book` on the same flow, which
 * does nothing of the last two; then the cost of an order by the size of the block, and what publishing adds to sealing.
 */
import { type Block, type Chain, MarketData, MarketStreams, publish } from '@dexwire/node/core';
import { encode } from '@dexwire/protocol';
import { drive, freshChain, prepare } from './dexEngine.ts';
import { machine, medianOf, type Result, type Row, ratioOfCosts, type Sampler, sink, takeTurns } from './measure.ts';
import { flowOf } from './orderFlow.ts';
import { drivePeer, PEER } from './peerBook.ts';

const SIZES = [100, 10_000, 100_000] as const;
const STEPS = 100_000;
const ROUNDS = 7;
const BEGINS_MS = Date.UTC(2026, 0, 1);

/** Every stream is wanted. */
const EVERYBODY = { wants: () => true };

/** What follows the sealed block: publication, market data, topics, and the text of each frame, once. */
const publisher = (chain: Chain): ((block: Block) => void) => {
  const streams = new MarketStreams(new MarketData(chain.state, BEGINS_MS));
  return (block) => {
    for (const { stream, ...frame } of streams.block(publish(block, chain.state), EVERYBODY))
      sink.value = 'text' in frame ? frame.text : encode(stream, frame.event);
  };
};

const steps = flowOf('match', STEPS, 1);
const contenders: Record<string, Sampler> = { peer: async () => drivePeer(steps, 1).spent };
for (const size of SIZES) {
  const prepared = prepare(steps, 1, size);
  contenders[`seal ${size}`] = async () =>
    drive(freshChain(prepared), prepared, (block) => {
      sink.value = block;
    });
  contenders[`whole ${size}`] = async () => {
    const chain = freshChain(prepared);
    return drive(chain, prepared, publisher(chain));
  };
}
for (const sample of Object.values(contenders)) await sample(); // warms up
const costs = Object.fromEntries(Object.keys(contenders).map((name) => [name, [] as number[]]));
await takeTurns(contenders, ROUNDS, costs);

const blocks = (size: number): number => STEPS / size;
const perBlock = (name: string, size: number): number => medianOf(costs[name]!) / blocks(size);
const rows: Row[] = [
  { contender: 'dexwire', against: PEER, ratio: ratioOfCosts(costs['whole 10000']!, costs.peer!) },
  ...SIZES.map((size) => ({
    contender: `dexwire, sealed, blocks of ${size}`,
    against: PEER,
    ratio: ratioOfCosts(costs[`seal ${size}`]!, costs.peer!),
    figures: { 'ms/block': perBlock(`seal ${size}`, size), 'us/order': (perBlock(`seal ${size}`, size) * 1000) / size },
  })),
  ...SIZES.map((size) => ({
    contender: `dexwire, sealed and published, blocks of ${size}`,
    against: PEER,
    ratio: ratioOfCosts(costs[`whole ${size}`]!, costs.peer!),
    figures: {
      'ms/block': perBlock(`whole ${size}`, size),
      'us/order': (perBlock(`whole ${size}`, size) * 1000) / size,
    },
  })),
  ...SIZES.slice(1).map((size) => ({
    contender: `dexwire, an order in blocks of ${size}`,
    against: `dexwire, an order in blocks of ${SIZES[0]}; above 1 is cheaper`,
    ratio: ratioOfCosts(costs[`seal ${size}`]!, costs[`seal ${SIZES[0]}`]!),
  })),
];

const result: Result = { bench: 'block', machine: machine(), rows };
console.log(JSON.stringify(result));
