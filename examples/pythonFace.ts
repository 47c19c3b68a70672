/** For those who come from the Python package: its names and meanings, its frames with the wire's own keys. */
import { startNode } from '@dexwire/node';
import { BinanceChainSocket, KLine } from 'dexwire';

const node = await startNode({ port: 0 });
const socket = new BinanceChainSocket({ url: node.ws });

const first = await socket.fetchKlineUpdates({ tradingPair: 'BNB_BTCB-1DE', interval: KLine.interval1hour });
console.log(first.stream, first.data.k.c);

await new Promise<void>((resolve) => {
  socket.fetchBlockHeightUpdates({
    oneOff: false,
    callback: (handle, frame) => {
      console.log(frame.stream, frame.data.h);
      handle.close();
      resolve();
    },
  });
});
await socket.close();
await node.close();
