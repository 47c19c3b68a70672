/**
 * The way to an endpoint, step by step, each by the plainest means of Node.js, so that what fails is what is told.
 * In: its URL, whom to trust. Out: checks of name, port, certificate and handshake; the first failure is the last one.
 */
import { createHash, randomBytes } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { connect as dialTcp, isIP } from 'node:net';
import { connect as dialTls, type TLSSocket } from 'node:tls';
import { messageOf } from '../errors.ts';
import { type Check, DAY_MS, ms, ok, unreachable, warn } from './check.ts';

export interface Endpoint {
  /** `ws://` or `wss://`. */
  readonly url: string;
  readonly ca: string | undefined;
  /** What to do when nobody answers there. */
  readonly hint: string | undefined;
  /** Milliseconds that a step may take. */
  readonly timeout: number;
  readonly now: () => number;
  /** Gives a step up. */
  readonly signal: AbortSignal;
}

const SOON_DAYS = 14;
/** What a server's answer to a key is made of (RFC 6455, section 1.3). */
const HANDSHAKE_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Where a network that has a name is not what answers, what is known of that network says more. */
const withHint = (advice: string, { hint }: Endpoint): string => (hint === undefined ? advice : `${advice}; ${hint}`);

const addressOf = ({ url }: Endpoint): { host: string; port: number; isTls: boolean } => {
  const { hostname, port, protocol } = new URL(url);
  const isTls = protocol === 'wss:';
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (isTls ? 443 : 80) : Number(port), isTls };
};

const checkName = async (endpoint: Endpoint): Promise<Check> => {
  const { host } = addressOf(endpoint);
  if (isIP(host)) return ok('name', `${host} is an address`);
  try {
    const found = await lookup(host, { all: true });
    return ok('name', `${host} is ${found.map(({ address }) => address).join(', ')}`);
  } catch (error) {
    return unreachable(
      'name',
      messageOf(error),
      endpoint.hint ?? 'look at the spelling of --network, and at the DNS of this machine',
    );
  }
};

/** Something that is dialled: it is done, fails, or takes too long. */
const dialled = <
  S extends {
    once(event: string, listener: (...args: never[]) => void): unknown;
    destroy(error?: Error): unknown;
    setTimeout(ms: number, run: () => void): unknown;
  },
>(
  socket: S,
  event: string,
  { timeout, signal }: Endpoint,
): Promise<S> =>
  new Promise((resolve, reject) => {
    const leave = (): unknown => socket.destroy(new Error('given up'));
    signal.addEventListener('abort', leave);
    socket.once('close', () => signal.removeEventListener('abort', leave));
    socket.once(event, () => resolve(socket));
    socket.once('error', reject);
    socket.setTimeout(timeout, () => socket.destroy(new Error(`no answer in ${timeout} ms`)));
  });

const checkPort = async (endpoint: Endpoint): Promise<Check> => {
  const { host, port } = addressOf(endpoint);
  const began = endpoint.now();
  try {
    const socket = await dialled(dialTcp({ host, port }), 'connect', endpoint);
    socket.destroy();
    return ok('port', `${port} is open, ${ms(endpoint.now() - began)} away`);
  } catch (error) {
    return unreachable(
      'port',
      messageOf(error),
      endpoint.hint ?? 'look whether the gateway runs, and whether a firewall is between',
    );
  }
};

/** What helps against each reason not to trust a certificate. */
const trustAdvice = (code: string, host: string): string => {
  if (code === 'CERT_HAS_EXPIRED') return 'the gateway needs a new certificate; or the clock of this machine is wrong';
  if (code === 'CERT_NOT_YET_VALID') return 'the clock of this machine, or of whoever made the certificate, is wrong';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `use a name that the certificate has; it does not have ${host}`;
  return 'say whom to trust: --ca FILE, with the PEM of its authority; a node with --tls tells it as ca';
};

/** What helps where no certificate came at all. What Node.js calls `ERR_SSL_...` comes from somebody who speaks TLS, but for one. */
const tlsAdvice = (code: unknown): string =>
  String(code).startsWith('ERR_SSL_') && code !== 'ERR_SSL_WRONG_VERSION_NUMBER'
    ? 'it speaks TLS, and not with this machine: it wants another version of it, or a certificate of yours'
    : 'something else than TLS answers there: try ws:// in place of wss://';

const checkCertificate = async (endpoint: Endpoint): Promise<Check | undefined> => {
  const { host, port, isTls } = addressOf(endpoint);
  if (!isTls) return undefined;
  const { ca, now } = endpoint;
  try {
    const names = isIP(host) ? {} : { servername: host };
    // Looked at before it is judged; nothing is sent over this one.
    const socket: TLSSocket = await dialled(
      dialTls({ host, port, rejectUnauthorized: false, ...names, ...(ca !== undefined && { ca }) }),
      'secureConnect',
      endpoint,
    );
    const { valid_to: until } = socket.getPeerCertificate();
    const { authorized, authorizationError: problem } = socket;
    const protocol = socket.getProtocol() ?? 'TLS';
    socket.destroy();
    if (!authorized) {
      const code = String((problem as { code?: unknown } | null)?.code ?? problem);
      return unreachable('certificate', `not trusted: ${code}`, withHint(trustAdvice(code, host), endpoint));
    }
    const days = Math.floor((Date.parse(until) - now()) / DAY_MS);
    if (days < SOON_DAYS)
      return warn('certificate', `${protocol}, trusted, expires in ${days} days`, 'renew it before that');
    return ok('certificate', `${protocol}, trusted, good for ${days} days`);
  } catch (error) {
    const { code, reason } = error as { readonly code?: unknown; readonly reason?: unknown };
    return unreachable(
      'certificate',
      typeof reason === 'string' ? reason : messageOf(error),
      withHint(tlsAdvice(code), endpoint),
    );
  }
};

/** What helps against each answer that is no handshake. */
const handshakeAdvice = (status: number, location: string | undefined): string => {
  if (location !== undefined) return `say where it points to: --network ${location.replace(/^http/, 'ws')}`;
  if (status === 401 || status === 403) return 'the gateway wants a key, or another name or origin';
  if (status === 404) return 'the path is wrong: most gateways have /api/ws';
  if (status === 429) return 'too many connections of this machine: close some, or wait';
  if (status === 503) return 'the gateway is full or starts again: wait';
  return 'this is no gateway: look at the URL';
};

const checkHandshake = (endpoint: Endpoint): Promise<Check> => {
  const { url, ca, timeout, now, signal } = endpoint;
  const began = now();
  const { isTls } = addressOf(endpoint);
  const key = randomBytes(16).toString('base64');
  const accept = createHash('sha1').update(`${key}${HANDSHAKE_GUID}`).digest('base64');
  return new Promise((resolve) => {
    const request = (isTls ? overHttps : overHttp)(url.replace(/^ws/, 'http'), {
      agent: false,
      timeout,
      signal,
      ...(ca !== undefined && { ca }),
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': key,
      },
    });
    const refuse = (detail: string, advice: string): void =>
      resolve(unreachable('handshake', detail, withHint(advice, endpoint)));
    request.once('upgrade', ({ headers }: IncomingMessage, socket) => {
      socket.destroy();
      if (headers['sec-websocket-accept'] === accept)
        resolve(ok('handshake', `a WebSocket opens in ${ms(now() - began)}`));
      else refuse('its sec-websocket-accept is not that of the key', 'this is no gateway, or a proxy is between');
    });
    request.once('response', (response) => {
      const { statusCode: status = 0, headers } = response;
      response.destroy();
      const where = headers.location === undefined ? '' : `, to ${headers.location}`;
      refuse(`status ${status}${where}`, handshakeAdvice(status, headers.location));
    });
    request.once('timeout', () => request.destroy(new Error(`no answer in ${timeout} ms`)));
    request.once('error', ({ message }) =>
      refuse(message, `what listens there does not speak HTTP: look at the port${isTls ? '' : ', or try wss://'}`),
    );
    request.end();
  });
};

/** From the name to the handshake. */
export async function* reach(endpoint: Endpoint): AsyncGenerator<Check, void> {
  for (const step of [checkName, checkPort, checkCertificate, checkHandshake]) {
    const check = await step(endpoint);
    if (!check) continue;
    yield check;
    if (check.isUnreachable) return;
  }
}
