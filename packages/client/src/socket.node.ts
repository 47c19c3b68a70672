/**
 * One WebSocket, from dial to close, for Node.js, which has none of its own before version 22: through `ws`.
 * In: a URL. Out: texts, and the news that it is open or gone. Certificates are verified, pings answered by `ws`.
 */
import { WebSocket } from 'ws';
import type { Socket, SocketFactory } from './socket.ts';

/** The largest frames are tickers of all symbols, some hundreds of kilobytes. */
const LARGEST_FRAME_BYTES = 16 * 1024 * 1024;

export const openSocket: SocketFactory = (url, compress) => {
  const web = new WebSocket(url, { perMessageDeflate: compress, maxPayload: LARGEST_FRAME_BYTES });
  const socket: Socket = {
    send: (text) => web.send(text),
    close: () => web.close(1000),
    terminate: () => web.terminate(),
  };
  web.on('open', () => socket.onOpen?.());
  web.on('message', (data) => socket.onText?.(data.toString()));
  web.on('error', (cause) => socket.onError?.(cause));
  web.on('close', (code, reason) => socket.onClose?.(code, reason.toString()));
  return socket;
};
