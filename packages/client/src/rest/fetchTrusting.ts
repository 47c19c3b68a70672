/**
 * REST for every runtime but Node.js: there a page cannot say whom it trusts, and a `ca` fails with the first socket.
 * In: nothing. Out: the runtime's `fetch`.
 */
import type { Fetch } from './ask.ts';

export const fetchTrusting = (_ca: string | readonly string[] | undefined): Fetch => globalThis.fetch;
