/**
 * The URLs of the gateway.
 * In: the path and query of a request. Out: the stream names that it asks for.
 */

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

/**
 * The stream names of `/api/ws`, `/api/ws/<name>` and `/api/stream?streams=<a>/<b>`, percent-encoded or not. Nothing
 * else is looked at: what the names mean is the session's affair, and an `apikey` is ignored. A slash behind the last
 * name means nothing: clients write one behind each name (assumed).
 *
 * @returns `undefined` for any other path, and for what is not percent-encoded properly.
 */
export const readUrl = (url: string): readonly string[] | undefined => {
  const [, path = '', query = ''] = /^([^?#]*)\??([^#]*)/.exec(url) ?? [];
  if (path === '/api/ws' || path === '/api/ws/') return [];
  if (path === '/api/stream' || path === '/api/stream/') {
    const streams = query.split('&').find((part) => part.startsWith('streams='));
    return decoded(streams?.slice('streams='.length) ?? '')
      ?.replace(/\/$/, '')
      .split('/');
  }
  const [, name] = /^\/api\/ws\/([^/]+)\/?$/.exec(path) ?? [];
  const text = name === undefined ? undefined : decoded(name);
  return text === undefined ? undefined : [text];
};
