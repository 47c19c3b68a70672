/**
 * The TCP sockets under those of a TLS server, which speak of them no more: only they can be reset, and only they are there
 * while a client has not finished its TLS handshake, or never begins one.
 * In: a TLS server. Out: the TCP socket under one of its sockets; an end to those that are not through yet.
 */
import type { Server, Socket } from 'node:net';

/** By the client's end, which no two sockets of one port have at once. */
const keyOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

export class TcpSockets {
  readonly #sockets = new Map<string, Socket>();
  readonly #unanswered = new Set<Socket>();

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      const key = keyOf(socket);
      this.#sockets.set(key, socket);
      this.#unanswered.add(socket);
      socket.once('close', () => {
        this.#unanswered.delete(socket);
        if (this.#sockets.get(key) === socket) this.#sockets.delete(key);
      });
    });
    server.on('secureConnection', (secure: Socket) => {
      const socket = this.under(secure);
      if (socket) this.#unanswered.delete(socket);
    });
  }

  /** @returns `undefined` once it is gone. */
  under(secure: Socket): Socket | undefined {
    return this.#sockets.get(keyOf(secure));
  }

  /** Nothing is owed to those whose handshake is not done. */
  destroyUnanswered(): void {
    for (const socket of this.#unanswered) socket.destroy();
  }
}
