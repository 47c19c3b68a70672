/**
 * A path that takes JSON from programs on this machine, for doors behind which nobody is asked for a signature.
 * In: where it is, and what to do with a body. Out: an application of that one path.
 *
 * Since whoever reaches it acts for others, web pages must not: only JSON is taken, which no form sends and no page may send
 * elsewhere without asking first, the question gets no permission, and the host must be this machine's own name, so that no
 * foreign name is made to point here.
 */
import { type Context, Hono } from 'hono';
import { strangerOf } from '../localCaller.ts';
import { faultReply, JSON_TYPE, type OnFault } from './faultReply.ts';
import { quoted, RestError } from './restError.ts';

export interface JsonDoorOptions {
  readonly path: string;
  readonly maxBytes: number;
  /** What the body is to be, for whoever sends something else: `a message`. */
  readonly wanted: string;
  /** Names of this machine, without port, that are good besides `localhost` and the loopback addresses. */
  readonly hosts: readonly string[];
  readonly onFault: OnFault | undefined;
  /** @returns The body of the reply, or a promise of it. @throws RestError. */
  readonly handle: (body: unknown) => unknown;
}

const checkCaller = (c: Context, hosts: readonly string[]): void => {
  const stranger = strangerOf(c, hosts);
  if (stranger === undefined) return;
  throw new RestError(
    403,
    `${stranger} is not let in here, allowed are programs and pages on this machine that call it localhost or 127.0.0.1, and hosts that are configured`,
  );
};

const checkType = (c: Context): void => {
  const type = c.req.header('content-type') ?? '';
  if (/^application\/json\s*(;|$)/i.test(type)) return;
  throw new RestError(415, `content-type: found ${quoted(type)}, allowed is application/json`);
};

const decoder = new TextDecoder('utf-8', { fatal: true });

export const jsonDoor = ({ path, maxBytes, wanted, hosts, onFault, handle }: JsonDoorOptions): Hono => {
  const app = new Hono({ strict: false });
  const parse = (body: ArrayBuffer): unknown => {
    if (body.byteLength > maxBytes) throw new RestError(413, `the body is too large, allowed are ${maxBytes} bytes`);
    try {
      return JSON.parse(decoder.decode(body));
    } catch {
      throw new RestError(400, `the body is not JSON, allowed is ${wanted}`);
    }
  };
  app.use((c, next) => {
    checkCaller(c, hosts);
    return next();
  });
  app.post(
    path,
    (c, next) => {
      checkType(c);
      return next();
    },
    async (c) => c.body(JSON.stringify(await handle(parse(await c.req.arrayBuffer()))), 200, JSON_TYPE),
  );
  app.all(path, (c) => {
    c.header('allow', 'POST');
    throw new RestError(405, `${c.req.method} is not taken here, allowed is POST`);
  });
  app.notFound((c) => faultReply(c, new RestError(404, `no such path, allowed is POST to ${path}`)));
  app.onError((error, c) => faultReply(c, error, onFault));
  return app;
};
