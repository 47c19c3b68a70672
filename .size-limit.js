// What a user's bundle pays, minified and gzipped; each entry is an import a user would write.
const ALL_STREAMS =
  'accounts, allMiniTickers, allTickers, blockheight, kline, marketDepth, marketDiff, miniTicker, orders, ticker, trades, transfers';

const bundle = (name, limit, names) => ({
  name,
  limit,
  gzip: true,
  path: 'packages/client/dist/index.js',
  import: `{ ${names} }`,
  modifyEsbuildConfig: (config) => ({ ...config, platform: 'browser', conditions: ['browser'] }),
});

export default [
  bundle('connect and one stream', '4 kB', 'connect, trades'),
  bundle('connect and all twelve streams', '6 kB', `connect, ${ALL_STREAMS}`),
  bundle('BinanceChainSocket', '9 kB', 'BinanceChainSocket, KLine'),
];
