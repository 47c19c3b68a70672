/**
 * Clients that are broken on purpose, one fault each. A simulator that does not see them sees nothing.
 * In: nothing. Out: what is replaced in which file.
 */
import type { Mutation } from './bundle.ts';

const LINK = 'packages/client/src/link.ts';
const QUEUE = 'packages/client/src/eventQueue.ts';
const SUBSCRIPTION = 'packages/client/src/subscription.ts';
const FEED = 'packages/client/src/orderBook/feed.ts';

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'a new socket is asked for nothing',
    file: LINK,
    replace: `    for (const interest of asked) {
      interest.asked = false;`,
    by: `    for (const interest of asked) {
      interest.asked = true;`,
  },
  {
    name: 'an older socket is listened to',
    file: LINK,
    replace: 'const isOurs = (): boolean => socket === this.#socket;',
    by: 'const isOurs = (): boolean => true;',
  },
  {
    name: 'a lost socket is no gap',
    file: LINK,
    replace: 'for (const consumer of subscribersOf(asked)) consumer.lose(this.height);',
    by: '',
  },
  {
    name: 'what is wanted no more is not taken back',
    file: LINK,
    replace: "this.#subscribe(group, isAsked ? 'unsubscribe' : 'subscribe');",
    by: "if (!isAsked) this.#subscribe(group, 'subscribe');",
  },
  {
    name: 'no keepAlive is sent',
    file: LINK,
    replace: "this.#socket?.send(formatCommand({ method: 'keepAlive' }));",
    by: '',
  },
  {
    name: 'a gap begins one block late',
    file: LINK,
    replace: 'consumer.lose(this.height)',
    by: 'consumer.lose(this.height === undefined ? undefined : this.height + 2)',
  },
  {
    name: 'a drop is not told',
    file: QUEUE,
    replace: 'before.said = join(join(before.said, said), slot.said);',
    by: 'before.said = join(before.said, slot.said); void said;',
  },
  {
    name: 'a queue has one place more than it may',
    file: QUEUE,
    replace: 'if (this.waiting && this.waiting >= limit) {',
    by: 'if (this.waiting && this.waiting > limit) {',
  },
  {
    name: 'an event comes twice',
    file: SUBSCRIPTION,
    replace: '    if (this.#free) this.#give(item);\n',
    by: '    if (this.#free) { this.#give(item); if (item.height !== undefined && item.height % 64 === 0) this.#queue.push(item, name); }\n',
  },
  {
    name: 'an event is lost',
    file: SUBSCRIPTION,
    replace: '    if (this.#over) return;\n    if (this.#free) this.#give(item);',
    by: '    if (this.#over || (item.height !== undefined && item.height % 128 === 7)) return;\n    if (this.#free) this.#give(item);',
  },
  {
    name: 'a diff is lost',
    file: FEED,
    replace: 'if (this.#isBased) this.book.apply(diff);',
    by: 'if (this.#isBased && diff.bids.length % 8 !== 3) this.book.apply(diff);',
  },
  {
    name: 'a book outlives the gap of its diffs',
    file: FEED,
    replace: "if (item.kind === 'gap') this.end(",
    by: "if (item.kind === 'gap' && item.id === 0) this.end(",
  },
  {
    name: 'a timer outlives the close',
    file: LINK,
    replace: '    this.#board.clock.clearTimeout(this.#pace);\n',
    by: '    this.#board.clock.setTimeout(() => {}, 1e9);\n',
  },
];
