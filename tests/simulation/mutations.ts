/**
 * Clients that are broken on purpose, one fault each. A simulator that does not see them sees nothing.
 * In: nothing. Out: what is replaced in which file.
 */
import type { Mutation } from './bundle.ts';

const LINK = 'packages/client/src/link.ts';
const PATH = 'packages/client/src/path.ts';
const QUEUE = 'packages/client/src/eventQueue.ts';
const SUBSCRIPTION = 'packages/client/src/subscription.ts';
const FEED = 'packages/client/src/orderBook/feed.ts';

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'a new socket is asked for nothing',
    file: PATH,
    replace: 'for (const one of asked) this.forget(one);',
    by: '',
  },
  {
    name: 'an older socket is listened to',
    file: PATH,
    replace: 'const isOurs = (): boolean => socket === this.#socket;',
    by: 'const isOurs = (): boolean => true;',
  },
  {
    name: 'a lost socket is no gap',
    file: LINK,
    replace: "this.#losses.lose(asked, 'disconnect', this.#seen(path), 'path');",
    by: '{}',
  },
  {
    name: 'a gap begins late',
    file: LINK,
    replace: "this.#losses.lose(asked, 'disconnect', this.#seen(path), 'path');",
    by: "this.#losses.lose(asked, 'disconnect', this.#moment(path.height && path.height + 2), 'path');",
  },
  {
    name: 'what two sockets bring comes twice',
    file: LINK,
    replace: 'if (this.#isDoubled && events.length) {',
    by: 'if (this.#isDoubled && events.length > 1e9) {',
  },
  {
    name: 'a renewed socket serves before the old one has come as far',
    file: LINK,
    replace: 'const hasCome = ({ height, awaited }: Path): boolean => height! >= standing.from! && !awaited.size;',
    by: 'const hasCome = (_: Path): boolean => standing.waitsSince >= 0;',
  },
  {
    name: 'silence is not noticed',
    file: 'packages/client/src/silence.ts',
    replace: 'Math.floor(staleAfter / BEAT_MS)',
    by: '1e9',
  },
  {
    name: 'blocks that are left out are not noticed',
    file: 'packages/client/src/continuity.ts',
    replace: 'this.#inRow >= IN_ROW;',
    by: 'this.#inRow >= 1e9;',
  },
  {
    name: 'what is wanted no more is not taken back',
    file: PATH,
    replace: '          this.#command(group, method);',
    by: "          if (method === 'subscribe') this.#command(group, method);",
  },
  {
    name: 'no keepAlive is sent',
    file: PATH,
    replace: "this.#socket?.send(formatCommand({ method: 'keepAlive' }));",
    by: '',
  },
  {
    name: 'a timer outlives the close',
    file: PATH,
    replace: 'socket?.terminate();',
    by: 'socket?.terminate(); this.#settings.clock.setTimeout(() => {}, 1e9);',
  },
  {
    name: 'a drop is not told',
    file: QUEUE,
    replace: 'before.said = join(join(before.said, said), slot.said);',
    by: 'before.said = join(before.said, slot.said); void said;',
  },
  {
    name: 'the end of a gap is lost',
    file: QUEUE,
    replace: 'ends: isClosed || !end ? older.ends : [...(older.ends ?? []), end],',
    by: 'ends: older.ends,',
  },
  {
    name: 'an event comes twice',
    file: SUBSCRIPTION,
    replace: '    if (this.#free && !isHeld) this.#give(item);\n',
    by: '    if (this.#free && !isHeld) { this.#give(item); if (item.height! % 64 === 0) this.#queue.push(item, name); }\n',
  },
  {
    name: 'an event is lost',
    file: SUBSCRIPTION,
    replace: '    if (this.#over || this.#isOutdated(item, name)) return;\n',
    by: '    if (this.#over || this.#isOutdated(item, name) || item.height! % 128 === 7) return;\n',
  },
  {
    name: 'a diff is lost',
    file: FEED,
    replace: 'if (this.#isBased) this.book.apply(diff);',
    by: 'if (this.#isBased && diff.bids.length % 8 !== 3) this.book.apply(diff);',
  },
];
