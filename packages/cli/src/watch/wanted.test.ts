import assert from 'node:assert/strict';
import { expect, test } from 'vitest';
import { wantedOf } from './wanted.ts';

const ADDRESS = 'tbnb1qvtwkp8hdhas6y70vcz8dq8mcy5a2ylf2zh37s';
const OTHER = 'tbnb1mczdqjf0pzvuwyffcj64pucd5z7su6470kf8vy';

const told = (...words: string[]): string[] =>
  wantedOf(words).map(({ stream, subjects }) => `${stream.topic} ${subjects.join(' ')}`);

test('stream names and topics with subjects behind them ask for the same', () => {
  assert.deepEqual(told('BNB_BTCB-1DE@trades'), ['trades BNB_BTCB-1DE']);
  assert.deepEqual(told('trades', 'BNB_BTCB-1DE'), ['trades BNB_BTCB-1DE']);
  assert.deepEqual(told('$all@blockheight'), told('blockheight'));
  assert.deepEqual(told('kline_1m', 'bnb_btcb-1de'), ['kline_1m BNB_BTCB-1DE']);
});

test('a topic holds for all subjects behind it, up to the next topic', () => {
  assert.deepEqual(told('trades', 'A_B', 'C_D', 'blockheight', 'E_F', 'ticker', 'A_B'), [
    'trades A_B C_D E_F',
    'blockheight $all',
    'ticker A_B',
  ]);
});

test('a stream asked for twice is one, with its symbols together', () => {
  assert.deepEqual(told('A_B@trades', 'C_D@trades', 'trades', 'A_B'), ['trades A_B C_D']);
});

test('an address alone means its three streams, and each address has streams of its own', () => {
  assert.deepEqual(told(ADDRESS), [`orders ${ADDRESS}`, `accounts ${ADDRESS}`, `transfers ${ADDRESS}`]);
  assert.deepEqual(told('orders', ADDRESS.toUpperCase(), OTHER, `${ADDRESS}@orders`), [
    `orders ${ADDRESS}`,
    `orders ${OTHER}`,
  ]);
});

test('what is no stream is refused with what would be good', () => {
  for (const [words, message] of [
    [['BNB_BTCB-1DE'], /what of this symbol\? Say BNB_BTCB-1DE@trades, or trades BNB_BTCB-1DE; .* trades, /],
    [['BNB_BTCB-1DE', 'trades'], /what of this symbol\?/],
    [['tbnb1xyz'], /tbnb1xyz is no address/],
    [[''], /'' is no stream/],
    [['Trades', 'A_B'], /Topics like it: trades$/],
    [['blockhieght'], /Topics like it: blockheight$/],
    [['depth'], /Topics like it: .*marketDepth\[100\|500\|1000\], kline_<interval>, /],
    [
      ['trades', 'A_B', 'tiker'],
      /tiker is none; if a topic was meant, there are ticker, miniTicker$|there are ticker$/,
    ],
    [['kline'], /Topics like it: kline_1m, kline_3m/],
    [['BNB_BTCB-1DE@kline'], /there is no topic kline; there are kline_1m/],
    [['BNB_BTCB-1DE@blockheight'], /blockheight is about everybody: say blockheight/],
    [['@trades'], /a shell takes \$all for a variable/],
    [['trades'], /trades: about which symbol\? Say: trades BNB_BTCB-1DE/],
    [['orders', 'trades', 'A_B'], /orders: about which address\? Say: orders tbnb1/],
    [['orders', 'BNB_BTCB-1DE'], /orders is about an address/],
    [['trades', ADDRESS], /trades is about a symbol/],
  ] as const)
    expect(() => wantedOf(words), words.join(' ')).toThrow(message);
});

test('streams as they stand in the URL of a combined stream are taken apart', () => {
  assert.deepEqual(told('A_B@trades/C_D@ticker/$all@blockheight'), ['trades A_B', 'ticker C_D', 'blockheight $all']);
});
