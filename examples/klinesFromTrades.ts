/** Klines worked out from trades, each held against the venue's own. The node is one of its own, in time that is stepped. */
import { deepStrictEqual } from 'node:assert';
import { startTestDex } from '@dexwire/node/testing';
import { connect, type Kline, kline, klinesOf, ticker, trades } from 'dexwire';

const market = await startTestDex(connect, { traders: true });
const { dex } = market;
const symbols = ['BNB_BTCB-1DE'];
const flow = dex.subscribe(trades, { symbols }); // first, so that no trade is missed between the seed and them
const time = dex.subscribe(ticker, { symbols }); // closes a kline though nobody trades
const venue: Kline[] = [];
dex.subscribe(kline('1m'), { symbols }, (item) => {
  if (item.kind === 'events') venue.push(...item.events.map((update) => update.kline));
});
await dex.ready();
await market.advance(600); // four minutes

const seeds = venue.slice(0, 1); // the one under way, with the trades before ours
let count = 0;
for await (const item of klinesOf(flow, '1m', { seeds, time })) {
  if (item.kind !== 'events') continue; // gap and gapClosed: `isWhole` says which klines they touch
  for (const { kline: own, isWhole } of item.events) {
    if (!own.isClosed) continue;
    const their = venue.find(({ openTime, isClosed }) => isClosed && openTime === own.openTime);
    deepStrictEqual(own, their); // to the digit: prices, volumes, trades, ids
    console.log(new Date(own.openTime).toISOString(), own.open, own.high, own.low, own.close, own.volume, isWhole);
    count++;
  }
  if (count === 3) break;
}
await market.close();
