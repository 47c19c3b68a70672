/**
 * Who may call what changes something: programs, and no web page from elsewhere; what acts for anybody, programs on this
 * machine only.
 * In: what a request says of its caller. Out: who he is, if he is not let in.
 *
 * The name by which this machine was asked counts, for a page's own host may be made to point here; and so does the page's
 * origin, where there is one.
 */
import type { Context } from 'hono';

/** Of an IP address. */
export const isLoopback = (remote: string): boolean => /^(::ffff:)?127\.|^::1$/.test(remote);

/** Without port, in the form of URLs; `undefined` for what is no authority. */
const nameOf = (authority: string): string | undefined => {
  try {
    return new URL(`http://${authority}`).hostname;
  } catch {
    return undefined;
  }
};

/** The name of a host as URLs have it; `undefined` for what is none, such as one with a port. */
export const hostName = (host: string): string | undefined => {
  // Anything with a colon is an address of IPv6, or has a port.
  if (/^[^:/?#@*\s]+$/.test(host)) return nameOf(host);
  return nameOf(host.startsWith('[') && host.endsWith(']') ? host : `[${host}]`);
};

const isLocalName = (name: string | undefined, hosts: readonly string[]): boolean =>
  name !== undefined &&
  (name === 'localhost' ||
    name === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(name) ||
    hosts.some((host) => hostName(host) === name));

/**
 * Names that nobody can make point here but who runs this machine: addresses, which say themselves where they lead, and the
 * venue's own, which programs with a fixed URL are sent here by.
 */
const isSafeName = (name: string | undefined): boolean => /^[\d.]+$|^\[.*\]$|(^|\.)binance\.org$/.test(name ?? '');

const hostOf = (context: Context): string => context.req.header('host') ?? new URL(context.req.url).host;

/** Of an origin as browsers write it; `undefined` for anything else. */
const originName = (origin: string): string | undefined => {
  try {
    const url = new URL(origin);
    return url.origin === origin ? url.hostname : undefined;
  } catch {
    return undefined;
  }
};

const shown = (text: string): string => JSON.stringify(text.slice(0, 80));

/** The origin of a page's address; as it stands if it is none. */
const originOf = (address: string): string => {
  try {
    return new URL(address).origin;
  } catch {
    return address;
  }
};

/** Who calls as a page of another origin. A browser names the origin with each request that may change something. */
const pageOf = (context: Context, hosts: readonly string[]): string | undefined => {
  // One that was told to keep it to itself says so much all the same: that the page is of another site, and perhaps which.
  const isElsewhere = context.req.header('sec-fetch-site') === 'cross-site';
  const referer = isElsewhere ? context.req.header('referer') : undefined;
  const origin = context.req.header('origin') ?? (referer === undefined ? undefined : originOf(referer));
  if (origin === undefined) return isElsewhere ? 'a page of another site' : undefined;
  return isLocalName(originName(origin), hosts) ? undefined : `origin ${shown(origin)}`;
};

/**
 * What shows that a request comes neither from a program nor from a page of this machine: a page's origin, or a name that
 * others can make point here.
 *
 * @param hosts - Names of this machine, without port, besides `localhost` and the loopback addresses.
 * @returns What to call him; `undefined`: he may trade.
 */
export const strangePageOf = (context: Context, hosts: readonly string[]): string | undefined => {
  const name = nameOf(hostOf(context));
  return (
    pageOf(context, hosts) ??
    (isLocalName(name, hosts) || isSafeName(name) ? undefined : `host ${shown(hostOf(context))}`)
  );
};

/**
 * The same for what acts for anybody: he is to be on this machine, and to call it by a name of its own.
 *
 * @param hosts - Names of this machine, without port, besides `localhost` and the loopback addresses. With any of
 *   them, callers on other machines are let in too.
 */
export const strangerOf = (context: Context, hosts: readonly string[]): string | undefined => {
  const { remote }: { readonly remote?: string } = context.env ?? {};
  if (hosts.length === 0 && remote !== undefined && !isLoopback(remote)) return 'a caller on another machine';
  return (
    pageOf(context, hosts) ??
    (isLocalName(nameOf(hostOf(context)), hosts) ? undefined : `host ${shown(hostOf(context))}`)
  );
};
