/**
 * Who may call what acts for anybody: programs on this machine, and no web page from elsewhere.
 * In: what a request says of its caller. Out: whether it is let in.
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

const isLocalName = (authority: string, hosts: readonly string[]): boolean => {
  const name = nameOf(authority);
  if (name === undefined) return false;
  return (
    name === 'localhost' ||
    name === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(name) ||
    hosts.some((host) => host.toLowerCase() === name)
  );
};

/**
 * Names that nobody can make point here but who runs this machine: addresses, which say themselves where they lead, and the
 * venue's own, which programs with a fixed URL are sent here by.
 */
const isSafeName = (authority: string): boolean =>
  /^[\d.]+$|^\[.*\]$|(^|\.)binance\.org$/.test(nameOf(authority) ?? '');

const hostOf = (context: Context): string => context.req.header('host') ?? new URL(context.req.url).host;

/**
 * Whether a request comes from a program, wherever it runs, or else from a page of this machine. A browser names the page's
 * origin with each request that may change something.
 *
 * @param hosts - Names of this machine, without port, besides `localhost` and the loopback addresses.
 */
export const isOwnPage = (context: Context, hosts: readonly string[]): boolean => {
  const origin = context.req.header('origin');
  const host = hostOf(context);
  const isOwnOrigin = origin === undefined || isLocalName(origin.replace(/^https?:\/\//, ''), hosts);
  return isOwnOrigin && (isLocalName(host, hosts) || isSafeName(host));
};

/**
 * @param hosts - Names of this machine, without port, besides `localhost` and the loopback addresses. With any of
 *   them, callers on other machines are let in too.
 */
export const isLocalCaller = (context: Context, hosts: readonly string[]): boolean => {
  const { remote }: { readonly remote?: string } = context.env ?? {};
  const isNear = hosts.length > 0 || remote === undefined || isLoopback(remote);
  return isNear && isOwnPage(context, hosts) && isLocalName(hostOf(context), hosts);
};
