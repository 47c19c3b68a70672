/**
 * What the gateway counts, in plain numbers, so that counting costs nothing where it is done.
 * In: what happens. Out: running totals and present states, read when somebody asks for the metrics.
 */

/** A path is told apart down to so many segments: what follows are names, of which there is no end. */
const PATH_SEGMENTS = 3;

/** Paths that are told apart; all others count as `other`. */
const MOST_PATHS = 64;

const OTHER = 'other';

export interface RequestCount {
  readonly path: string;
  /** `2xx` and so on. */
  readonly status: string;
  readonly count: number;
}

export class GatewayCounts {
  /** Open now. */
  sessions = 0;
  /** Held now, by all sessions. */
  subscriptions = 0;
  /** Handed to sockets; a frame to three sessions is three. */
  framesOut = 0;
  /** The same in bytes, before compression. */
  bytesOut = 0;
  commandsIn = 0;
  commandsRefused = 0;
  /** Sessions closed with 1013. */
  slowReaders = 0;
  readonly #requests = new Map<string, Map<string, number>>();

  /** A request that was answered. A path gets a name of its own with its first success, so that nobody can fill the table. */
  request(url: string, status: number): void {
    const path =
      url
        .replace(/[?#].*$/s, '')
        .split('/', PATH_SEGMENTS + 1)
        .join('/') || '/';
    let name = path;
    if (!this.#requests.has(path)) {
      if (status >= 300 || this.#requests.size >= MOST_PATHS) name = OTHER;
      if (!this.#requests.has(name)) this.#requests.set(name, new Map());
    }
    const byStatus = this.#requests.get(name)!;
    const statusClass = `${Math.floor(status / 100)}xx`;
    byStatus.set(statusClass, (byStatus.get(statusClass) ?? 0) + 1);
  }

  requests(): RequestCount[] {
    return [...this.#requests].flatMap(([path, byStatus]) =>
      [...byStatus].map(([status, count]) => ({ path, status, count })),
    );
  }
}
