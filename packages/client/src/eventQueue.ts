/**
 * What waits for a slow consumer: bounded, in order, and nothing leaves it unsaid.
 * In: items, and how many may wait. Out: the same items; instead of what was dropped, a gap at its place.
 *
 * Events wait in linked slots. What is said of gaps waits between two of them, in at most four items: the end of a gap
 * that is known already, one whole gap, into which all whole ones at this place merge, and the beginning of another.
 * So a queue has a size, however often a link is lost or an event dropped.
 *
 * A gap may hold back what comes behind it, until it is known what can be put in its place.
 */
import type { Height } from '@dexwire/protocol';
import { type Events, type Gap, type GapCause, type GapClosed, type Item, type Lost, least, worse } from './item.ts';

/**
 * Which event gives way when a queue is full. `dropOldest`, `dropNewest`: as they say. `conflate`: the oldest of the same
 * stream name, which the newer one replaces, or else the oldest. `fail`: none; the subscription ends with a `QueueError`.
 * `pause`: none; the subscription has sockets of its own, which are not read until half of the queue is free. Not in browsers,
 * whose sockets cannot wait: there it ends with a `QueueError`.
 */
export type QueuePolicy = 'dropOldest' | 'dropNewest' | 'conflate' | 'fail' | 'pause';

export interface QueueOptions {
  readonly policy: QueuePolicy;
  /** How many items with events may wait, at least 1. */
  readonly limit: number;
}

/** What is said of gaps at one place, in this order. */
interface Said {
  /** Of gaps whose beginnings have been told, or wait further in front. */
  readonly ends?: readonly GapClosed[] | undefined;
  /** With the names of its streams, which grow in place: a drop costs the same however many came before it. */
  readonly whole?: readonly [Gap, GapClosed, Set<string>] | undefined;
  readonly begin?: Gap | undefined;
}

interface Slot<Event> {
  item: Events<Event> | undefined;
  readonly name: string;
  previous: Slot<Event> | undefined;
  next: Slot<Event> | undefined;
  /** The next one of the same name, where names matter. */
  same: Slot<Event> | undefined;
  /** What is said behind the item. */
  said: Said;
  /** Of a fetched item, the end of its gap. */
  end: { lost: Lost; to?: Height | undefined } | undefined;
}

const NOTHING: Said = {};

/** Ids are given when gaps are told, so that they rise. */
const UNTOLD = 0;

/** Every slot is made here, so that all have one hidden class. */
const slotOf = <Event>(item?: Events<Event>, name = ''): Slot<Event> => ({
  item,
  name,
  previous: undefined,
  next: undefined,
  same: undefined,
  said: NOTHING,
  end: undefined,
});

/** The later of two blocks; undefined, which is not known, if either is. */
const greatest = (one: Height | undefined, other: Height | undefined): Height | undefined =>
  one! >= other! ? one : one! < other! ? other : undefined;

const closeOf = ({ from }: Gap, to: Height | undefined, lost: Lost): GapClosed => ({
  kind: 'gapClosed',
  id: UNTOLD,
  from,
  to,
  repaired: 0,
  lost,
});

/** One gap for two that nothing lies between; a drop in either makes it an overflow. */
const merge = (older: Said['whole'], newer: Said['whole']): Said['whole'] => {
  if (!older || !newer) return older ?? newer;
  const [first, firstClosed, names] = older;
  const [gap, closed, more] = newer;
  for (const name of more) names.add(name);
  const cause = gap.cause === 'overflow' ? gap.cause : first.cause;
  // What came first was not always lost first: a drop may stand in front of a gap that began before it.
  const from = least(first.from, gap.from);
  const to = greatest(firstClosed.to, closed.to);
  return [
    { ...gap, from, to: cause === 'overflow' ? to : undefined, cause },
    { ...closed, from, to, lost: worse(firstClosed.lost, closed.lost) },
    names,
  ];
};

/** What is said at two places between which nothing lies any more. At most one gap is open at a time. */
const join = (older: Said, newer: Said): Said => {
  const { begin } = older;
  const end = newer.ends?.[0];
  const isClosed = begin && end;
  return {
    ends: isClosed || !end ? older.ends : [...(older.ends ?? []), end],
    whole: merge(merge(older.whole, isClosed && [begin, end, new Set(begin.streams)]), newer.whole),
    begin: newer.begin ?? (isClosed ? undefined : begin),
  };
};

export class EventQueue<Event> {
  readonly #options: QueueOptions;
  readonly #conflatable: boolean;
  /** Stands before the first item. */
  readonly #root = slotOf<Event>();
  #tail = this.#root;
  /** Gaps that were told, of which the newest has this id. */
  #gaps = 0;
  /** Id of the last one whose beginning was told by itself, and fetched events that were given since. */
  #begun = 0;
  /** Its end was not told yet. */
  #isBegun = false;
  #repaired = 0;
  /** The gap that has begun and not ended. */
  #open: Gap | undefined;
  /** More was lost while it was open, and of that some may lie between what is held back. */
  #isTorn = false;
  /** What is behind this slot is held back. */
  #gate: Slot<Event> | undefined;
  /** A gap was given and no event since: the first one that waits must not give way to yet another gap. */
  #isOwed = false;
  /** The oldest and the newest item of each stream name, where names matter. */
  readonly #names = new Map<string, [Slot<Event>, Slot<Event>]>();
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

  /**
   * @param isHeld - Where something is held back, so is this.
   * @returns `false` if the queue is full and its policy is to fail.
   */
  push(item: Events<Event>, name: string, isHeld = false): boolean {
    const { policy, limit } = this.#options;
    if (policy !== 'pause' && this.waiting && this.waiting >= limit) {
      if (policy === 'fail') return false;
      if (policy === 'dropNewest') {
        this.#say(this.#drop(item, name));
        return true;
      }
      const same = this.#names.get(name)?.[0];
      const first = this.#root.next;
      const isKept = this.#isOwed && same === first;
      const older = isKept ? same?.same : same;
      const slot = older ?? (this.#isOwed ? first?.next : first);
      if (!slot) {
        this.#say(this.#drop(item, name));
        return true;
      }
      this.#cut(slot);
      const before = slot.previous!;
      // What was fetched and gives way is lost to its gap, and needs no other one.
      if (slot.end) {
        slot.end.lost = 'some';
        // It may be newer than the gap, and stand for what came since.
        if (slot.item!.height! > slot.end.to!) slot.end.to = slot.item!.height;
        this.dropped++;
        before.said = join(before.said, slot.said);
      } else {
        const said = this.#drop(slot.item!, slot.name, older && this.#conflatable);
        before.said = join(join(before.said, said), slot.said);
      }
    }
    const slot = slotOf(item, name);
    if (policy === 'conflate') this.#list(slot);
    if (isHeld || !this.#gate) this.#insert(slot, this.#tail);
    else this.#gate = this.#insert(slot, this.#gate);
    return true;
  }

  /** Begins a gap behind all that waits, unless one is open. */
  begin(cause: GapCause, streams: readonly string[], from: Height | undefined): void {
    if (this.#open) return;
    this.#open = { kind: 'gap', id: UNTOLD, from, cause, streams };
    this.#say({ begin: this.#open });
  }

  /** Holds back, until the open gap ends, what comes from now on. */
  hold(): void {
    if (this.#open) this.#gate ??= this.#tail;
  }

  /** More is lost in the open gap. */
  tear(): void {
    this.#isTorn = true;
  }

  /** Puts a gap of more streams in the place of the open one. What is held back still is. */
  widen(cause: GapCause, streams: readonly string[], from: Height | undefined): void {
    const gate = this.#gate ?? this.#tail;
    const ends = [closeOf(this.#open!, undefined, 'unknown')];
    this.#open = { kind: 'gap', id: UNTOLD, from, cause, streams };
    gate.said = join(gate.said, { ends, begin: this.#open });
  }

  /** What is held back, each event with the name of its stream. */
  *held(): Generator<readonly [Event, string], void> {
    for (const { item, name } of this.#behind(this.#gate)) for (const event of item!.events) yield [event, name];
  }

  /**
   * Ends the open gap, if there is one, where events are held back, or else behind all that waits. Where something was fetched,
   * what is held back and is no newer than the gap comes before its end as well, all of it by blocks.
   *
   * @param items - What was missed, by blocks: comes before the end, however full the queue is.
   * @param isOutdated - Whether an event of a name that was held back is older than what was fetched in its place.
   */
  end(
    lost: Lost,
    to?: Height,
    items: readonly (readonly [Events<Event>, string])[] = [],
    isOutdated?: (event: Event, name: string) => boolean,
  ): void {
    const open = this.#open;
    const gate = this.#gate ?? this.#tail;
    this.#open = this.#gate = undefined;
    if (!open) return;
    const closed = closeOf(open, to, items.length ? worse(lost, this.#droppedSince(gate, to)) : lost);
    if (isOutdated) for (const slot of [...this.#behind(gate)]) this.#thin(slot, isOutdated);
    const news = items.map(([item, name]) => {
      const slot = slotOf(item, name);
      slot.end = closed;
      return slot;
    });
    let last = gate;
    for (const slot of this.#conflatable ? news : this.#byBlocks(gate, news, to ?? items.at(-1)?.[0].height)) {
      if (slot !== last.next) {
        if (!slot.end) this.#leave(slot);
        this.#insert(slot, last);
      }
      last = slot;
    }
    // Where nobody knows up to which block something is missing, it may be between any two that were held back.
    if (to === undefined && (lost !== 'none' || this.#isTorn)) last = this.#tail;
    this.#isTorn = false;
    if (items.length && this.#options.policy === 'conflate') this.#listAll();
    const { ends, whole, begin } = gate.said;
    if (last !== gate && whole && !begin) {
      gate.said = { ends };
      last.said = join({ whole }, last.said);
    }
    last.said = join(last.said, { ends: [closed] });
  }

  /** What stands behind a slot, if there is one. */
  *#behind(slot: Slot<Event> | undefined): Generator<Slot<Event>, void> {
    for (let next = slot?.next; next; next = next.next) yield next;
  }

  /** What was fetched, together with what stands behind a slot and is of the same blocks, of which that comes first. */
  #byBlocks(gate: Slot<Event>, news: readonly Slot<Event>[], to: Height | undefined): readonly Slot<Event>[] {
    const held = [...this.#behind(gate)].filter(({ item }) => item!.height! <= to!);
    // What was fetched without a height is what it is now.
    const blockOf = ({ item }: Slot<Event>): number => item!.height ?? Number.POSITIVE_INFINITY;
    return news.length && held.length
      ? [...news, ...held].sort((one, other) => blockOf(one) - blockOf(other) || 0)
      : news;
  }

  /** What gave way while it was held back, and is no newer than the gap: for events that are newer may now come before it is told. */
  #droppedSince(gate: Slot<Event>, to: Height | undefined): Lost {
    let lost: Lost = 'none';
    for (const { said } of [gate, ...this.#behind(gate)]) {
      const { whole } = said;
      if (whole && whole[0].from! <= to!) lost = worse(lost, whole[1].lost);
    }
    return lost;
  }

  shift(): Item<Event> | undefined {
    const root = this.#root;
    // Most of the time nothing is said.
    return root.said === NOTHING ? this.#next() : this.#saying();
  }

  /** What is said in front of the next item, bit by bit, and then that. */
  #saying(): Item<Event> | undefined {
    const root = this.#root;
    const { ends: [end, ...ends] = [], whole, begin } = root.said;
    if (end || whole || begin) this.#isOwed = true;
    else root.said = NOTHING;
    if (end) {
      root.said = { ends, whole, begin };
      if (!end.id) this.#isBegun = false;
      return end.id ? end : { ...end, id: this.#begun, repaired: this.#repaired };
    }
    // What gave way behind an open gap is told after its end.
    if (whole && !(this.#isBegun && this.#gate === root)) {
      const id = ++this.#gaps;
      root.said = { ends: [{ ...whole[1], id }], begin };
      return { ...whole[0], id, streams: [...whole[2]] };
    }
    if (begin) {
      root.said = NOTHING;
      this.#begun = ++this.#gaps;
      this.#isBegun = true;
      this.#repaired = 0;
      return { ...begin, id: this.#begun };
    }
    return this.#next();
  }

  #next(): Item<Event> | undefined {
    const root = this.#root;
    const slot = root.next;
    if (!slot || this.#gate === root) return undefined;
    this.#cut(slot);
    root.said = slot.said;
    this.#isOwed = false;
    if (slot.item?.repaired) this.#repaired += slot.item.events.length;
    return slot.item;
  }

  /** Nothing is left to be given. */
  get isEmpty(): boolean {
    const { next, said } = this.#root;
    return !next && !said.ends?.length && !said.whole && !said.begin;
  }

  clear(): void {
    this.#tail = this.#root;
    this.#open = this.#gate = undefined;
    this.#isBegun = this.#isTorn = false;
    this.#root.next = undefined;
    this.#root.said = NOTHING;
    this.#names.clear();
    this.waiting = 0;
  }

  #say(said: Said): void {
    this.#tail.said = join(this.#tail.said, said);
  }

  /** What is said instead of an item. */
  #drop({ height }: Events<Event>, name: string, isReplaced = false): Said {
    if (isReplaced) this.conflated++;
    else this.dropped++;
    const gap: Gap = { kind: 'gap', id: UNTOLD, from: height, to: height, cause: 'overflow', streams: [name] };
    return { whole: [gap, closeOf(gap, height, isReplaced ? 'none' : 'some'), new Set(gap.streams)] };
  }

  /** The newest of its name. */
  #list(slot: Slot<Event>): void {
    const names = this.#names.get(slot.name);
    if (names) names[1] = names[1].same = slot;
    else this.#names.set(slot.name, [slot, slot]);
  }

  #listAll(): void {
    this.#names.clear();
    for (let slot = this.#root.next; slot; slot = slot.next) {
      slot.same = undefined;
      this.#list(slot);
    }
  }

  /** Leaves out of an item what has taken its place elsewhere. */
  #thin(slot: Slot<Event>, isOutdated: (event: Event, name: string) => boolean): void {
    const item = slot.item!;
    const events = item.events.filter((event) => !isOutdated(event, slot.name));
    if (events.length) slot.item = { ...item, events };
    else this.#leave(slot);
  }

  /** Takes an item out, and leaves behind what is said after it. */
  #leave(slot: Slot<Event>): void {
    this.#unlink(slot);
    const before = slot.previous!;
    before.said = join(before.said, slot.said);
    slot.said = NOTHING;
  }

  /** Takes an item out. Of its name it is the oldest, or only the first one of all is older. */
  #cut(slot: Slot<Event>): void {
    this.#unlink(slot);
    const { same, name } = slot;
    const names = this.#names.get(name);
    if (names) {
      const [oldest] = names;
      if (oldest !== slot) oldest.same = same;
      else if (same) names[0] = same;
      else this.#names.delete(name);
      if (names[1] === slot) names[1] = oldest;
    }
  }

  /** @returns The slot. */
  #insert(slot: Slot<Event>, before: Slot<Event>): Slot<Event> {
    slot.previous = before;
    slot.next = before.next;
    if (slot.next) slot.next.previous = slot;
    else this.#tail = slot;
    before.next = slot;
    this.waiting++;
    return slot;
  }

  #unlink(slot: Slot<Event>): void {
    const { previous, next } = slot;
    previous!.next = next;
    if (next) next.previous = previous;
    else this.#tail = previous!;
    if (this.#gate === slot) this.#gate = previous;
    this.waiting--;
  }
}
