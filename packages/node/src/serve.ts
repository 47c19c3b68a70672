/**
 * A source behind the gateway: the port, its doors for HTTP, and what operators look at.
 * In: a source of frames, options. Out: the URLs, and the one way to end it.
 */
import type { Milliseconds } from '@dexwire/protocol';
import { Hono } from 'hono';
import { type Clock, systemClock } from './clock.ts';
import { type Control, openControl, type TimeControl } from './control/control.ts';
import { controlApp } from './control/controlApp.ts';
import { NodeError } from './errors.ts';
import { type Certificate, makeCertificate, type SelfMadeCertificate } from './gateway/certificate.ts';
import { GatewayCounts } from './gateway/counts.ts';
import { FanOut } from './gateway/fanOut.ts';
import { Health } from './gateway/health.ts';
import type { Fetch } from './gateway/httpMount.ts';
import { DEFAULT_LIMITS, type GatewayLimits } from './gateway/limits.ts';
import { Metrics } from './gateway/metrics.ts';
import { PAGE_PATH, pageApp } from './gateway/pageApp.ts';
import { type Gateway, openGateway } from './gateway/server.ts';
import type { Account, Sink, Source } from './gateway/source.ts';
import { watchApp } from './gateway/watchApp.ts';
import { hostName } from './localCaller.ts';

export const DEFAULT_PORT = 27_100;

export interface ServeOptions {
  /** 27100 unless given; 0: any free one. */
  readonly port?: number;
  /** 127.0.0.1 unless given, so that only this machine gets in. */
  readonly host?: string;
  /**
   * With it the port speaks `wss://` and `https://`, and nothing else: by a certificate in PEM, or by one that is made for
   * this start and holds for `localhost`, the loopback addresses, `host` and `hosts`. Off unless given.
   */
  readonly tls?: Certificate | 'self-made';
  readonly limits?: Partial<GatewayLimits>;
  /** Of the sockets: pings, expiry, closing. */
  readonly clock?: Clock;
  /** 0 to 1, exclusive. Decides when in its window a session expires, nothing else. */
  readonly random?: () => number;
  /** A folder with the files of a page, which is served at `/dashboard/`. None unless given. */
  readonly dashboard?: string;
  /** Opens `/control`, by which programs on this machine break sockets and step time. Off unless given. */
  readonly control?: boolean;
  /**
   * Names of this machine, such as that of a container, besides `localhost` and the loopback addresses: by them programs and
   * pages may call what changes something. With any of them callers on other machines are let in to `/control`, `/entry` and
   * `/faucet` too.
   */
  readonly hosts?: readonly string[];
  /** What went wrong inside and has no caller to be told. */
  readonly onError?: (error: unknown) => void;
}

/** Something that is served. */
export interface Served {
  /** Base of the WebSocket URLs: `ws://127.0.0.1:27100/api/ws`. */
  readonly ws: string;
  /** Base of the URLs with several stream names. */
  readonly stream: string;
  readonly rest: string;
  /** The URL of the page, if one is served. */
  readonly dashboard?: string;
  /** PEM of the authority behind a self-made certificate, for clients to trust: `connect(node.ws, { ca: node.ca })`. */
  readonly ca?: string;
  readonly port: number;
  readonly symbols: readonly string[];
  readonly accounts: readonly Account[];
  /** Faults, and time where it can be stepped. The same that `/control` gives to other programs. */
  readonly control: Control;
  /**
   * Once sockets were written and read, and nothing is left to compress: whoever sends faster than time goes waits for
   * it now and then, so that nobody falls behind who reads.
   */
  written(): Promise<void>;
  /** Closes all sessions with 1001, in bounded time, and frees the port. Final; a second call waits for the first. */
  close(): Promise<void>;
}

/** What a source may bring besides its frames. */
export interface Doors {
  /** Answers paths that begin so; the first that fits counts. */
  readonly paths?: readonly (readonly [prefix: string, fetch: Fetch])[];
  readonly time?: TimeControl;
  /** What health is counted by, where the source does not go by the clock of the sockets. */
  readonly now?: () => Milliseconds;
  readonly restingOrders?: () => number;
  /** Once the port is open: what the source is to be started with. Its turns go to the sink. */
  readonly start: (sink: Sink, clock: Clock) => void;
  readonly metrics?: (metrics: Metrics) => void;
}

const checkHost = (host: string): void => {
  if (hostName(host) === undefined)
    throw new NodeError('OPTIONS_INVALID', `hosts are names or addresses without a port, not ${JSON.stringify(host)}`);
};

const certificateOf = async ({
  tls,
  host,
  hosts = [],
}: ServeOptions): Promise<Certificate | SelfMadeCertificate | undefined> =>
  tls === 'self-made' ? makeCertificate(host === undefined ? hosts : [host, ...hosts], systemClock.now()) : tls;

/**
 * Opens the port, then starts the source.
 *
 * @throws NodeError `LISTEN_FAILED` if the port is taken, `OPTIONS_INVALID` for a host that is none or a dashboard
 *   without a page, `TLS_INVALID` if the certificate cannot be used.
 */
export const serve = async (source: Source, options: ServeOptions, doors: Doors): Promise<Served> => {
  const { port = DEFAULT_PORT, host = '127.0.0.1', clock = systemClock, random = Math.random } = options;
  const onError = options.onError ?? (() => {});
  for (const name of options.hosts ?? []) checkHost(name);
  const counts = new GatewayCounts();
  const fanOut = new FanOut(counts);
  const metrics = new Metrics(counts, doors.restingOrders);
  doors.metrics?.(metrics);
  const health = new Health(doors.now ? { now: doors.now } : clock);
  let gateway: Gateway | undefined;
  const control = openControl({ gateway: () => gateway, ...(doors.time && { time: doors.time }) });

  const watch = watchApp(health, metrics);
  const paths: (readonly [prefix: string, fetch: Fetch])[] = [
    ['/healthz', watch.fetch],
    ['/metrics', watch.fetch],
    ...(doors.paths ?? []),
  ];
  if (options.dashboard !== undefined) paths.push([PAGE_PATH, pageApp(options.dashboard).fetch]);
  if (options.control)
    paths.unshift([
      '/control',
      new Hono().route('/control', controlApp(control, { hosts: options.hosts ?? [], onError })).fetch,
    ]);
  const nowhere = new Hono().notFound((context) =>
    context.json({ code: 404, message: 'no such path; see the list of paths under /' }, 404),
  );
  const fetch: Fetch = (request, env) => {
    const { pathname } = new URL(request.url);
    const [, door] = paths.find(([prefix]) => pathname === prefix || pathname.startsWith(`${prefix}/`)) ?? [];
    return (door ?? nowhere.fetch)(request, env);
  };

  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const tls = await certificateOf(options);
  gateway = await openGateway({
    ...{ host, port, limits, clock, random, source, fanOut, fetch, counts, onError },
    ...(tls && { tls }),
  });
  doors.start(health.watch(fanOut), clock);

  const opened = gateway;
  const base = `${host.includes(':') ? `[${host}]` : host}:${opened.port}/api`;
  return {
    ws: `${tls ? 'wss' : 'ws'}://${base}/ws`,
    stream: `${tls ? 'wss' : 'ws'}://${base}/stream`,
    rest: `${tls ? 'https' : 'http'}://${base}/v1`,
    ...(options.dashboard !== undefined && {
      dashboard: `${tls ? 'https' : 'http'}://${base.replace(/\/api$/, '')}${PAGE_PATH}/`,
    }),
    ...(tls && 'ca' in tls && { ca: tls.ca }),
    port: opened.port,
    get symbols() {
      return source.symbols;
    },
    accounts: source.accounts,
    control,
    written: () => opened.written(),
    close: () => {
      source.stop();
      health.close();
      return opened.close();
    },
  };
};

/** The same for a source that goes by the clock and brings nothing but frames. */
export const serveSource = (source: Source, options: ServeOptions = {}): Promise<Served> =>
  serve(source, options, { start: (sink, clock) => source.start(sink, clock) });
