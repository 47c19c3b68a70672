/**
 * What waits for a slow consumer: bounded, in order, and nothing leaves it unsaid.
 * In: items, and how many may wait. Out: the same items; instead of what was dropped, a gap at its place.
 *
 * Events wait in linked slots. What is said of gaps waits between two of them, in at most four items: the end of a gap
 * that is known already, one whole gap, into which all whole ones at this place merge, and the beginning of another.
 * So a queue has a size, however often a link is lost or an event dropped.
 */
import type { Height } from '@dexwire/protocol';
import type { Events, Gap, GapCause, GapClosed, Item, Lost } from './item.ts';

/**
 * Which event gives way when a queue is full. `dropOldest`, `dropNewest`: as they say. `conflate`: the oldest of the same
 * stream name, which the newer one replaces, or else the oldest. `fail`: none; the subscription ends with a `QueueError`.
 */
export type QueuePolicy = 'dropOldest' | 'dropNewest' | 'conflate' | 'fail';

export interface QueueOptions {
  readonly policy: QueuePolicy;
  /** How many items with events may wait, at least 1. */
  readonly limit: number;
}

/** What is said of gaps at one place, in this order. */
interface Said {
  readonly end?: GapClosed | undefined;
  readonly whole?: readonly [Gap, GapClosed] | undefined;
  readonly begin?: Gap | undefined;
}

interface Slot<Event> {
  readonly item: Events<Event> | undefined;
  readonly name: string;
  next: Slot<Event> | undefined;
  /** What is said behind the item. */
  said: Said;
}

const NOTHING: Said = {};

/** Every slot is made here, so that all have one hidden class. */
const slotOf = <Event>(item?: Events<Event>, name = ''): Slot<Event> => ({
  item,
  name,
  next: undefined,
  said: NOTHING,
});

/** One gap for two that nothing lies between; a drop in either makes it an overflow. */
const merge = (older: Said['whole'], newer: Said['whole']): Said['whole'] => {
  if (!older || !newer) return older ?? newer;
  const [{ from, cause, streams }, { lost }] = older;
  const [gap, closed] = newer;
  return [
    {
      ...gap,
      from,
      cause: gap.cause === 'overflow' ? gap.cause : cause,
      streams: [...new Set([...streams, ...gap.streams])],
    },
    lost === 'some' || closed.lost === 'none' ? { ...closed, lost } : closed,
  ];
};

/** What is said at two places between which nothing lies any more. At most one gap is open at a time. */
const join = (older: Said, newer: Said): Said => {
  const { begin } = older;
  const { end } = newer;
  const isClosed = begin && end;
  return {
    end: older.end ?? (isClosed ? undefined : end),
    whole: merge(merge(older.whole, isClosed && [begin, end]), newer.whole),
    begin: newer.begin ?? (isClosed ? undefined : begin),
  };
};

export class EventQueue<Event> {
  readonly #options: QueueOptions;
  readonly #conflatable: boolean;
  /** Stands before the first item. */
  readonly #root = slotOf<Event>();
  #tail = this.#root;
  #gaps = 0;
  /** Id of the gap that has begun and not ended; 0: none. */
  #open = 0;
  /** A gap was given and no event since: the first one that waits must not give way to yet another gap. */
  #isOwed = false;
  /** How many items of each stream name wait, where that matters. */
  readonly #names = new Map<string, number>();
  /** Items with events that wait now. */
  waiting = 0;
  /** Items with events that were dropped, and nothing stands for them. */
  dropped = 0;
  /** Items with events that were dropped in favour of a newer one of their stream name, which makes them needless. */
  conflated = 0;

  /** @param conflatable - Newer events make older ones of their stream name needless. */
  constructor(options: QueueOptions, conflatable: boolean) {
    this.#options = options;
    this.#conflatable = conflatable;
  }

  /** @returns `false` if the queue is full and its policy is to fail. */
  push(item: Events<Event>, name: string): boolean {
    const { policy, limit } = this.#options;
    if (this.waiting && this.waiting >= limit) {
      if (policy === 'fail') return false;
      if (policy === 'dropNewest') {
        this.#say(this.#drop(item, name));
        return true;
      }
      const first = this.#isOwed && this.#root.next ? this.#root.next : this.#root;
      let before = first;
      if (this.#names.get(name)) while (before.next && before.next.name !== name) before = before.next;
      const isReplaced = before.next?.name === name && policy === 'conflate' && this.#conflatable;
      if (!before.next) before = first;
      if (!before.next) {
        this.#say(this.#drop(item, name));
        return true;
      }
      const slot = this.#cut(before);
      const said = this.#drop(slot.item!, slot.name, isReplaced);
      before.said = join(join(before.said, said), slot.said);
    }
    this.#tail = this.#tail.next = slotOf(item, name);
    this.#count(name, 1);
    this.waiting++;
    return true;
  }

  /** Begins a gap behind all that waits, unless one is open. */
  begin(cause: GapCause, streams: readonly string[], from: Height | undefined): void {
    if (this.#open) return;
    this.#open = ++this.#gaps;
    this.#say({ begin: { kind: 'gap', id: this.#open, from, cause, streams } });
  }

  /** Ends the open gap, if there is one. */
  end(lost: Lost): void {
    if (this.#open) this.#say({ end: { kind: 'gapClosed', id: this.#open, repaired: 0, lost } });
    this.#open = 0;
  }

  /** A gap that begins and ends here. */
  gap(cause: GapCause, streams: readonly string[], from: Height | undefined): void {
    this.#say(this.#whole(cause, streams, from, from, 'some'));
  }

  shift(): Item<Event> | undefined {
    const root = this.#root;
    const { end, whole, begin } = root.said;
    const said = end ?? whole?.[0] ?? begin;
    if (said) {
      root.said = end ? { whole, begin } : whole ? { end: whole[1], begin } : NOTHING;
      this.#isOwed = true;
      return said;
    }
    if (!root.next) return undefined;
    const slot = this.#cut(root);
    root.said = slot.said;
    this.#isOwed = false;
    return slot.item;
  }

  clear(): void {
    this.#tail = this.#root;
    this.#root.next = undefined;
    this.#root.said = NOTHING;
    this.#names.clear();
    this.waiting = 0;
  }

  #count(name: string, more: number): void {
    if (this.#options.policy === 'conflate') this.#names.set(name, (this.#names.get(name) ?? 0) + more);
  }

  #say(said: Said): void {
    this.#tail.said = join(this.#tail.said, said);
  }

  #whole(
    cause: GapCause,
    streams: readonly string[],
    from: Height | undefined,
    to: Height | undefined,
    lost: Lost,
  ): Said {
    const id = ++this.#gaps;
    return {
      whole: [
        { kind: 'gap', id, from, to, cause, streams },
        { kind: 'gapClosed', id, repaired: 0, lost },
      ],
    };
  }

  /** What is said instead of an item. */
  #drop({ height }: Events<Event>, name: string, isReplaced = false): Said {
    if (isReplaced) this.conflated++;
    else this.dropped++;
    return this.#whole('overflow', [name], height, height, isReplaced ? 'none' : 'some');
  }

  /** Takes out the item behind another slot; there is one. */
  #cut(before: Slot<Event>): Slot<Event> {
    const slot = before.next!;
    before.next = slot.next;
    if (!slot.next) this.#tail = before;
    this.#count(slot.name, -1);
    this.waiting--;
    return slot;
  }
}
