/**
 * One WebSocket, from dial to close, as the link sees it; this one is the browser's.
 * In: a URL. Out: texts, and the news that it is open or gone. What comes is handed to whoever set the handlers.
 */
import { ConnectionError } from './errors.ts';

/** One socket. The maker calls the handlers, which are set before anything can happen, the user the methods. */
export interface Socket {
  onOpen?: () => void;
  onText?: (text: string) => void;
  /** Why it will close, where the runtime tells; `onClose` follows. */
  onError?: (cause: unknown) => void;
  /** The last call of all. @param code - As RFC 6455 has them; 1006 without a close frame. */
  onClose?: (code: number, reason: string) => void;
  send(text: string): void;
  /** Closes in order: `onClose` comes when the other side has answered, or never. */
  close(): void;
  /** Closes at once, whether the other side knows or not. */
  terminate(): void;
  /** Reads no more until `resume`, so that the other side has to wait. Where there is none, a socket cannot wait. */
  pause?(): void;
  resume?(): void;
}

/**
 * Dials. May throw if the URL is none.
 *
 * @param compress - Ask for permessage-deflate; where the runtime leaves no choice it has no meaning.
 * @param ca - PEM of the certificates to trust, in place of those that the runtime knows.
 */
export type SocketFactory = (url: string, compress: boolean, ca?: string | readonly string[]) => Socket;

export const openSocket: SocketFactory = (url, _, ca) => {
  if (ca !== undefined) throw new ConnectionError('CA_UNUSABLE', 'leave it away: the browser decides');
  const web = new WebSocket(url);
  const close = (): void => web.close(1000);
  const socket: Socket = { send: (text) => web.send(text), close, terminate: close };
  web.onopen = () => socket.onOpen?.();
  web.onmessage = ({ data }) => socket.onText?.(data);
  web.onclose = ({ code, reason }) => socket.onClose?.(code, reason);
  return socket;
};
