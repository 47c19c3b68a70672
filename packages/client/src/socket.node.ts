/**
 * One WebSocket, from dial to close, for Node.js, which has none of its own before version 22: through `ws`.
 * In: a URL. Out: texts, and the news that it is open or gone. Certificates are verified, pings answered by `ws`.
 */
import { WebSocket } from 'ws';
import { checkCa } from './checkCa.node.ts';
import { ConnectionError } from './errors.ts';
import type { Socket, SocketFactory } from './socket.ts';

/** The largest frames are tickers of all symbols, some hundreds of kilobytes. */
const LARGEST_FRAME_BYTES = 16 * 1024 * 1024;

/** Codes of Node.js for certificates that are not taken: names of OpenSSL's, and one for the name of the other side. */
const CERTIFICATE_FAULT =
  /CERT|LEAF_SIGNATURE|ISSUER|^(INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH)$/;

const causeOf = (cause: Error & { readonly code?: unknown }): Error =>
  CERTIFICATE_FAULT.test(String(cause.code))
    ? new ConnectionError(
        'CERTIFICATE_REFUSED',
        `${cause.message}; if this is your own node, pass the certificate to trust as { ca }`,
        { cause },
      )
    : cause;

export const openSocket: SocketFactory = (url, compress, ca) => {
  const web = new WebSocket(url, {
    perMessageDeflate: compress,
    maxPayload: LARGEST_FRAME_BYTES,
    rejectUnauthorized: true,
    ...(ca !== undefined && { ca: checkCa(ca) }),
  });
  const socket: Socket = {
    send: (text) => web.send(text),
    close: () => web.close(1000),
    terminate: () => web.terminate(),
    pause: () => web.pause(),
    resume: () => web.resume(),
  };
  web.on('open', () => socket.onOpen?.());
  web.on('message', (data) => socket.onText?.(data.toString()));
  web.on('error', (cause) => socket.onError?.(causeOf(cause)));
  web.on('close', (code, reason) => socket.onClose?.(code, reason.toString()));
  return socket;
};
