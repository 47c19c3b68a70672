/**
 * A tap on a client's sockets: everything that they say and hear goes into a recording, before anybody reads it.
 * In: what dials, a recording that is written. Out: what dials, and is recorded.
 */
import type { RecordingWriter } from '@dexwire/node';
import { parseStreamName, ValueError } from '@dexwire/protocol';
import { openSocket as dial, type Socket, type SocketFactory } from 'dexwire';

/** What takes it down. */
export type Tap = Pick<RecordingWriter, 'frame' | 'write'>;

/** Without user, password and keys: recordings are handed on. */
const publicUrl = (url: string): string => {
  if (!URL.canParse(url)) return '';
  const { protocol, host, pathname, searchParams } = new URL(url);
  const streams = searchParams.get('streams');
  return `${protocol}//${host}${pathname}${streams === null ? '' : `?streams=${streams}`}`;
};

/** Whose personal streams a URL asks for. */
const addressOfUrl = (url: string): string | undefined => {
  if (!URL.canParse(url)) return undefined;
  const { pathname, searchParams } = new URL(url);
  const names = searchParams.get('streams')?.split('/') ?? [decodeURIComponent(pathname.split('/').at(-1) ?? '')];
  for (const name of names) {
    try {
      const named = parseStreamName(name);
      if ('address' in named) return named.address.toLowerCase();
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
    }
  }
  return undefined;
};

/** Whose personal streams a command asks for. */
const addressOfCommand = (text: string): string | undefined => {
  const command: unknown = JSON.parse(text);
  if (typeof command !== 'object' || command === null) return undefined;
  const { method, address }: { method?: unknown; address?: unknown } = command;
  return method === 'subscribe' && typeof address === 'string' ? address.toLowerCase() : undefined;
};

/** @param openSocket - What dials in truth. Default: what `connect` dials with. */
export const recordSockets = (writer: Tap, openSocket: SocketFactory = dial): SocketFactory => {
  let sockets = 0;
  return (url, compress, ca) => {
    sockets += 1;
    const socket = sockets;
    let address = addressOfUrl(url);
    writer.write({ kind: 'dial', socket, url: publicUrl(url) });
    const failed = (cause: unknown): void =>
      writer.write({ kind: 'error', socket, reason: cause instanceof Error ? cause.message : String(cause) });
    let inner: Socket;
    try {
      inner = openSocket(url, compress, ca);
    } catch (cause) {
      failed(cause);
      throw cause;
    }
    let isGone = false;
    const gone = (code: number, reason: string): void => {
      if (isGone) return;
      isGone = true;
      writer.write({ kind: 'close', socket, code, reason });
    };
    const outer: Socket = {
      send: (text) => {
        address = addressOfCommand(text) ?? address;
        writer.write({ kind: 'sent', socket, text });
        inner.send(text);
      },
      close: () => inner.close(),
      terminate: () => {
        gone(1006, 'cut by the client');
        inner.terminate();
      },
      ...(inner.pause && { pause: () => inner.pause?.() }),
      ...(inner.resume && { resume: () => inner.resume?.() }),
    };
    inner.onOpen = () => {
      writer.write({ kind: 'open', socket });
      outer.onOpen?.();
    };
    inner.onText = (text) => {
      if (!isGone) writer.frame(socket, text, address);
      outer.onText?.(text);
    };
    inner.onError = (cause) => {
      failed(cause);
      outer.onError?.(cause);
    };
    inner.onClose = (code, reason) => {
      gone(code, reason);
      outer.onClose?.(code, reason);
    };
    return outer;
  };
};
