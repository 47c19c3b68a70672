// What a user's bundle pays, minified and gzipped; each entry is an import a user would write.
// The budgets hold what was reached. The goal is 4 kB for one stream and 6 kB for all twelve; see ADR 0016.
const ALL_STREAMS =
  'accounts, allMiniTickers, allTickers, blockheight, kline, marketDepth, marketDiff, miniTicker, orders, ticker, trades, transfers';

const bundle = (name, limit, names, door = 'index') => ({
  name,
  limit,
  gzip: true,
  path: `packages/client/dist/${door}.js`,
  import: `{ ${names} }`,
  modifyEsbuildConfig: (config) => ({ ...config, platform: 'browser', conditions: ['browser'] }),
});

export default [
  bundle('connect and one stream', '19.9 kB', 'connect, trades'),
  bundle('connect and all twelve streams', '21.4 kB', `connect, ${ALL_STREAMS}`),
  bundle('BinanceChainSocket', '22.3 kB', 'BinanceChainSocket, KLine'),
  bundle('connect and orderBook', '26.7 kB', 'connect, orderBook'),
  bundle('connect, trades and checkFrames', '21.3 kB', 'connect, trades, checkFrames'),
  bundle('standardSchema and one stream', '3.5 kB', 'standardSchema, trades'),
  bundle('lagHistogram and teeMetrics', '0.8 kB', 'lagHistogram, teeMetrics'),
  bundle('redactAddresses', '3.3 kB', 'redactAddresses'),
  bundle('dexwire/otel', '1 kB', 'otelMetrics', 'observe/otel'),
  bundle('connect and repairOverRest', '26.5 kB', 'connect, trades, repairOverRest'),
  bundle('connect, klinesOf, merge and topOfBook', '24.5 kB', 'connect, klinesOf, merge, topOfBook, trades'),
  bundle('dexwire/wallet, with the signing that it brings', '33 kB', 'wallet', 'wallet/index'),
];
