/**
 * What is wanted of the gateway together, and the paths that bring it: usually one, two while one takes the place of another,
 * more where everything is asked for twice.
 * In: interests, what paths tell. Out: gaps and their ends, renewals, news of what has fallen silent.
 *
 * The pulse is asked for last, so its first block says from when on a path brings everything. Only then does a path count:
 * if others do already, it joins them once they have come as far, and until then what it brings waits.
 */
import { blockheight, formatStreamName, type Height, type Stream } from '@dexwire/protocol';
import type { Timer } from './clock.ts';
import { before, Continuity } from './continuity.ts';
import { Losses, type Moment, type Workshop } from './losses.ts';
import {
  type Ask,
  type Backlog,
  type Consumer,
  isWanted,
  Path,
  type PathHost,
  type PathSettings,
  type Standing,
} from './path.ts';
import { Paths } from './paths.ts';
import type { Audits } from './repair/audits.ts';
import { type Interest, Router } from './router.ts';
import { BEAT_MS, Silence } from './silence.ts';
import { type LinkPlan, type PathStatus, planOf, type StreamStatus } from './status.ts';
import { Trace } from './trace.ts';

export interface LinkSettings extends PathSettings, Pick<Workshop, 'repair'> {
  /** Default: by commands, which is what nearly every client of the venue did. */
  readonly ask: Ask;
  /** Every socket subscribes to `blockheight`, so that gaps have heights. Not with one stream name a socket. */
  readonly pulse: boolean;
  /**
   * How long a stream may be silent that comes each second or with each block, and a socket altogether. Milliseconds, default
   * 5,000, at least 1,000; whole seconds count. `Infinity`: for ever.
   */
  readonly staleAfter: number;
  /** How old a socket may become before another one takes its place, milliseconds, give or take a tenth. Default: any age. */
  readonly renewEvery: number;
  /** How many streams a socket is asked for by commands, and how many one URL names. Default: 1,000 and 100. */
  readonly streamsPerSocket: { readonly commands: number; readonly combined: number };
  /** With a `repair` that can: how often what came is compared with what the venue knows, milliseconds. Default: 60,000. */
  readonly auditEvery: number;
}

/** What all links of one connection share, and what they tell it. */
export interface Switchboard extends LinkSettings, Workshop {
  first: boolean;
  readonly endpoints: readonly string[];
  /** @param names - All that is wanted, without repetition. */
  url(endpoint: string, way: Ask, names: readonly string[]): string;
  read(link: Link, path: Path, text: string, isAgain?: boolean): void;
  changed(link: Link, path: Path): void;
  tell(status: StreamStatus): void;
  /** The first dial's time is up. */
  failed(link: Link, path: Path): void;
}

/** How long a path that could join waits for others to come as far, and how many texts it keeps meanwhile. */
const PATIENCE_BEATS = 3;
const BACKLOG = 10_000;
/** How long it may take until the first pulse comes; without one, all that was asked for is taken to be on its way. */
const PULSE_BEATS = 5;
/** The stream of which depths tell the sum. */
const DIFFS = 'marketDiff';
/** How long a socket may speak until its gateway comes to a fence: what it says at first may be old. */
const FENCE_BEATS = 15;
/** Pauses between attempts to renew what stays silent: doubled each time, at most. */
const RETRY_MOST_MS = 60_000;
/** The one topic that a gateway refuses to send without compression. Spec §5.2. */
const COMPRESSED = 'marketDepth1000';

export class Link implements PathHost {
  readonly router = new Router<Consumer>();
  readonly compress: boolean;
  readonly pulse: Interest<Consumer> | undefined;
  /** Nobody else's streams come by its sockets, so that they can be paused. */
  readonly isAlone: boolean;
  /** The one address of its sockets: a second one would silence the first. */
  address: string | undefined;
  /** How its sockets are asked. */
  way: Ask;
  /** The highest block seen. */
  height: Height | undefined;
  readonly #board: Switchboard;
  readonly #paths = new Paths();
  readonly #losses: Losses;
  readonly #silence: Silence;
  readonly #audits: Audits | undefined;
  readonly #renewals = new Set<() => void>();
  #heightAt = 0;
  #beat = 0;
  #timer: Timer;
  /** Two paths may bring the same. */
  #isDoubled = false;
  /** Up to this block what comes may have come before, though only one path is open. */
  #doubledTo: Height | undefined;
  #isWoken = false;
  #isJoining = false;
  /** Texts of paths that serve, while one waits that no pulse helps: what both bring proves that nothing lies between them. */
  readonly #compared = new Set<string>();
  #isCompared = false;
  /** Of what waited and is given now, what does not count. */
  #outdated: readonly Interest<Consumer>[] = [];
  /** Of what a path that joins had brought before: the newest block that was read. */
  #replayed: Height | undefined;
  #isPaused = false;
  #from: Path | undefined;

  /** @param stream - The first one that it is for. */
  constructor(board: Switchboard, { topic }: Stream, isAlone: boolean) {
    this.#board = board;
    this.isAlone = isAlone;
    this.way = board.ask;
    this.compress = topic === COMPRESSED;
    this.#losses = new Losses(board, (one, from, to) => {
      // Where no pulse came in time it is not known up to where something was missed, but from where on it comes.
      this.#audits?.interrupted(one, from, this.#moment(to ?? (this.pulse && this.height)));
    });
    this.#silence = new Silence(board.staleAfter, {
      ...board,
      paths: this.#paths,
      losses: this.#losses,
      seen: (path) => this.#seen(path),
      replace: (path) => this.#replace(path),
    });
    const forgotten = (one: Interest<Consumer>, from: Moment): void => this.#forgotten(one, from);
    this.#audits = board.repair?.audits?.(this.#losses, board.auditEvery, forgotten);
    if (board.pulse && board.ask !== 'name') {
      this.pulse = this.#add(blockheight, '$all');
      this.pulse.kept = true;
    }
    for (const endpoint of board.endpoints) this.#addPath(endpoint);
  }

  /** Whether it is on its way out, so that nobody may join it. */
  get isOver(): boolean {
    return this.#paths.areOver;
  }

  /** Whether it can serve this as well. */
  takes(stream: Stream, subject: string): boolean {
    if (stream.scope === 'address' && this.address) return this.address === subject;
    const { commands, combined } = this.#board.streamsPerSocket;
    return (
      this.router.size < { commands, combined, name: 0 }[this.way] &&
      (this.way === 'commands' || this.#paths.areIdle) &&
      this.compress === (stream.topic === COMPRESSED)
    );
  }

  add(stream: Stream, subject: string, consumer: Consumer): Interest<Consumer> {
    const interest = this.router.get(stream, subject) ?? this.#add(stream, subject);
    if (stream.scope === 'address') this.address = subject;
    interest.subscribers = [...interest.subscribers, consumer];
    if (!(this.height! <= consumer.since!)) consumer.since = this.height;
    this.#wake();
    return interest;
  }

  remove(interest: Interest<Consumer>, consumer: Consumer): void {
    interest.subscribers = interest.subscribers.filter((other) => other !== consumer);
    this.tidy(interest);
    this.#wake();
  }

  get isAudited(): boolean {
    return !!this.#audits;
  }

  tidy(interest: Interest<Consumer>): void {
    if (interest.asked || isWanted(interest) || this.router.get(interest.stream, interest.subject) !== interest) return;
    this.router.remove(interest);
    this.#losses.forget(interest);
  }

  get statuses(): PathStatus[] {
    return [...this.#paths].map((path) => this.statusOf(path));
  }

  statusOf({ state, url }: Path): PathStatus {
    return { ...state, url, address: this.address };
  }

  get plan(): LinkPlan {
    return {
      ask: this.way,
      address: this.address,
      streams: this.#names(),
      paths: [...this.#paths].map(planOf),
    };
  }

  get hasPaths(): boolean {
    return this.#paths.size > 0;
  }

  close(): void {
    for (const path of this.#paths) path.step('close');
  }

  /** Looks at once whether its sockets still live. */
  check(): void {
    const { clock } = this.#board;
    for (const path of this.#paths) {
      const { standing, state } = path;
      if (state.name === 'waiting') path.step('time');
      standing.heard = Math.min(standing.heard, this.#beat - this.#silence.beats + 1);
    }
    // Now or in one beat it has to speak: the present beat may be an old one, that a sleep has cut in two.
    if (this.#timer === undefined) return;
    clock.clearTimeout(this.#timer);
    this.#timer = clock.setTimeout(() => this.#keepBeat(), BEAT_MS);
  }

  /** Puts another socket in the place of each; resolves when that is done, or the link is over. */
  renew(): Promise<void> {
    return new Promise((resolve) => {
      this.#renewals.add(resolve);
      for (const path of this.#paths.serving) this.#replace(path);
      this.#renewed();
    });
  }

  /** Whether its sockets are to be read. */
  flow(isFlowing: boolean): boolean {
    this.#isPaused = !isFlowing;
    return [...this.#paths].every((path) => path.pause(!isFlowing));
  }

  isFirst(): boolean {
    return this.#board.first;
  }

  url(endpoint: string): string {
    return this.#board.url(endpoint, this.way, this.#names());
  }

  read(path: Path, text: string): void {
    const { standing } = path;
    // Of one that is closing, what it still brings has come by another, or is nobody's.
    if (!path.isOpen) return;
    standing.heard = this.#beat;
    if (standing.isStale || (!this.pulse && this.#losses.size)) this.#silence.broken(path);
    this.#board.read(this, path, text);
  }

  /** Whether what a path brings counts now. What does not is looked at only as far as the path itself is concerned. */
  admits(path: Path, topic: string, text: string): boolean {
    const { standing } = path;
    if (standing.isServing) {
      if (this.#isCompared && isProof(topic) && this.#compared.size < BACKLOG) this.#compared.add(text);
      return true;
    }
    const isServed = this.#paths.isServed;
    // Of several that may be the first to serve, one may be behind what another one brings: nothing of either is given before.
    if (!isServed && this.#paths.open < 2) return true;
    // What came before its first block may be what another one has been made to forget. But the first depth of a book is of
    // the moment in which it was asked for, and not of a second as the diffs are.
    if (isServed && standing.from === undefined && topic.startsWith('marketDepth')) return false;
    if (standing.backlog.texts.push(text) > BACKLOG) {
      if (standing.from !== undefined) this.#outrun(path);
      else if (isServed) {
        standing.backlog = emptyBacklog();
        standing.continuity = new Continuity();
      } else {
        standing.from = Number.POSITIVE_INFINITY;
        this.#consider();
      }
    }
    return false;
  }

  /** What follows has come by this path. */
  reads(path: Path): void {
    this.#from = path;
  }

  saw(path: Path, height: Height | undefined): void {
    if (height === undefined) return;
    path.saw(height);
    if (this.#isJoining) this.#replayed = height;
    if (!(height <= this.height!)) {
      this.height = height;
      this.#heightAt = this.#board.clock.now();
    }
  }

  /** A block has come by a path, and with it what was sent before. */
  beats(path: Path, height: Height): void {
    const { standing } = path;
    // Blocks that begin anew on the only socket.
    const isAnew = height < path.height! - 1 && standing.isServing && this.#paths.serving.length < 2;
    if (isAnew) {
      path.height = this.height = height;
      this.#losses.findAll(undefined, 'pulse');
    }
    path.saw(height);
    standing.pulsedAt = this.#beat;
    if (standing.isServing && height > this.#doubledTo!) {
      this.#doubledTo = undefined;
      this.#isDoubled = this.#paths.open > 1;
    }
    if (!path.asked.has(this.pulse!)) return;
    // One that was given up may come all the same.
    if (standing.from === undefined || (standing.from === Number.POSITIVE_INFINITY && !standing.isServing)) {
      standing.from = height;
      standing.waitsSince = this.#beat;
    }
    if (standing.isServing) {
      for (const one of path.fresh) {
        if (path.awaited.has(one) || this.#outdated.includes(one)) continue;
        this.#cover(one, height);
        path.fresh.delete(one);
      }
      this.#losses.findAll(height, 'pulse');
    }
    this.#consider();
  }

  admit(interest: Interest<Consumer>, events: readonly unknown[]): readonly unknown[] {
    const { trace } = interest;
    const from = this.#from;
    if (from?.awaited.size && from.awaited.has(interest)) return [];
    if (this.#outdated.length && this.#outdated.includes(interest)) return [];
    if (trace.silences) this.#silence.ended(interest, from, this.height);
    trace.heard = this.#beat;
    trace.height = from?.height;
    trace.heightAt = this.#heightAt;
    let fresh = events;
    if (this.#isDoubled && events.length) {
      if (this.#isOutrun(interest)) return [];
      fresh = trace.fresh(events);
      this.#compare(trace, fresh.length > 0);
      if (!fresh.length && interest.stream.topic === DIFFS) from?.newest.set(interest.subject, trace.key(events[0]));
    }
    if (fresh.length) {
      trace.note(fresh, this.#paths.size > 1);
      trace.by = from;
    }
    return fresh;
  }

  /** A depth is of the moment between two diffs of its own socket: it is old where another one has brought newer diffs. */
  #isOutrun({ stream, subject }: Interest<Consumer>): boolean {
    if (!stream.topic.startsWith('marketDepth')) return false;
    const diffs = this.router.match(DIFFS)?.interests.get(subject)?.trace;
    return !!diffs?.by && diffs.by !== this.#from && this.#from?.newest.get(subject) !== diffs.newest;
  }

  /** A frame that may be of one of these could not be read. */
  miss(interests: readonly Interest<Consumer>[]): void {
    this.#losses.miss(interests, 'badFrame', this.#seen(this.#from), !!this.pulse);
  }

  /**
   * A frame of a block has come by a path. Where a pulse came with each block before, and one lies in between of which none came,
   * the gateway has left it out, and who knows what of its neighbours.
   *
   * @returns Whether what the path brings still counts: where others serve, it has to join them anew.
   */
  follows({ standing, asked }: Path, height: Height | undefined, isPulse: boolean): boolean {
    const last = standing.continuity.take(height, isPulse);
    // What another one had brought before it was lost is not missing.
    if (last === undefined || (this.#doubledTo !== undefined && height! <= this.height!)) return true;
    // What waited and is given now has no other one to wait for.
    if (this.#isJoining || this.#paths.serving.length < 2) {
      this.#losses.miss([...asked], 'skippedBlocks', this.#moment(before(last)), !!this.pulse, height);
      return true;
    }
    standing.isServing = false;
    standing.from = undefined;
    standing.backlog = emptyBacklog();
    standing.askedAt = this.#beat;
    standing.continuity.restart();
    return false;
  }

  changed(path: Path): void {
    if (path.state.name === 'closed') {
      const { replaces, isServing } = path.standing;
      this.#paths.delete(path);
      // An attempt to renew has failed; the next one comes in time.
      if (replaces && !isServing) this.#delay(replaces);
      if (!this.#paths.size) this.#audits?.stop();
      this.#renewed();
    }
    this.#board.changed(this, path);
  }

  opened(path: Path): void {
    const { clock, random, renewEvery } = this.#board;
    const { standing } = path;
    this.#board.first = false;
    // Where each stream is asked for by itself, the last one may be on its way long after the first.
    standing.backlog = emptyBacklog(this.way === 'commands' ? Number.POSITIVE_INFINITY : 0);
    standing.continuity = new Continuity();
    standing.seenBefore = this.height;
    standing.askedAt = standing.waitsSince = standing.heard = standing.pulsedAt = this.#beat;
    standing.isStale = standing.isServing = false;
    standing.renewAt = clock.now() + renewEvery * (0.9 + random() / 5);
    // Without a pulse nobody tells when it brings everything: what it is asked for is taken to be on its way.
    standing.from = this.pulse ? undefined : Number.POSITIVE_INFINITY;
    if (this.#isPaused) path.pause(true);
    // Of two, the one may bring what the other has brought.
    if (this.#paths.open > 1) this.#isDoubled = true;
    this.#timer ??= clock.setTimeout(() => this.#keepBeat(), BEAT_MS);
    this.#consider();
  }

  asked(path: Path, interests: readonly Interest<Consumer>[]): void {
    for (const one of interests) {
      one.trace.heard = this.#beat;
      if (!this.pulse && path.standing.isServing)
        this.#losses.find(one, undefined, ['path', 'speech'], false, this.way === 'commands');
    }
  }

  lost(path: Path, asked: readonly Interest<Consumer>[]): void {
    const { standing } = path;
    const isCounted = standing.isServing || !this.#paths.isServed;
    standing.isServing = false;
    standing.from = undefined;
    standing.backlog = emptyBacklog();
    // Another one that is open already may be behind; until it is not, what it brings may have come.
    if (this.#paths.open > 0) {
      // One that was told of blocks no more has brought more than its height says; of one that waits now and then nobody knows.
      const isKnown = !this.isAlone && standing.heard - standing.pulsedAt < 2;
      this.#doubledTo = isKnown ? this.height : (Number.POSITIVE_INFINITY as Height);
      this.#isDoubled = true;
    }
    if (isCounted && !this.#paths.isServed) this.#losses.lose(asked, 'disconnect', this.#seen(path), 'path');
    // What was to take the place of another one is tried again later.
    else if (standing.replaces && path.state.name === 'waiting') path.step('close');
    else if (isCounted) this.#silence.doubt(asked, path);
    this.#consider();
    if (!this.#paths.open) {
      this.#board.clock.clearTimeout(this.#timer);
      this.#timer = undefined;
    }
  }

  failed(path: Path): void {
    this.#board.failed(this, path);
  }

  refusedWhole(): void {
    this.way = 'commands';
  }

  #names(): string[] {
    return [...new Set(this.router.all().map(({ name }) => name))];
  }

  #add(stream: Stream, subject: string): Interest<Consumer> {
    const interest: Interest<Consumer> = {
      home: this,
      stream,
      subject,
      name: formatStreamName(stream, subject),
      subscribers: [],
      asked: 0,
      kept: false,
      trace: new Trace(stream.known, !!this.#board.repair && !stream.conflatable),
    };
    interest.trace.heard = this.#beat;
    this.router.add(interest);
    return interest;
  }

  #addPath(endpoint: string, replaces?: Path): Path {
    const path = new Path(this.#board, this, endpoint, {
      from: undefined,
      isServing: false,
      replaces,
      backlog: emptyBacklog(),
      continuity: new Continuity(),
      seenBefore: undefined,
      askedAt: 0,
      waitsSince: 0,
      pulsedAt: 0,
      heard: this.#beat,
      isStale: false,
      renewAt: Number.POSITIVE_INFINITY,
      retryAt: 0,
      retries: 0,
      awaiting: 0,
      first: 0,
      repeated: 0,
      behind: 0,
    });
    this.#paths.add(path);
    return path;
  }

  /** After the program's own turn, so that what is subscribed to together is asked for together. */
  #wake(): void {
    if (this.#isWoken) return;
    this.#isWoken = true;
    queueMicrotask(() => {
      this.#isWoken = false;
      const isUsed = this.#isUsed;
      if (isUsed) this.#complete();
      for (const path of this.#paths) {
        path.step(isUsed ? 'want' : 'unwant');
        path.flush();
      }
    });
  }

  get #isUsed(): boolean {
    return this.router.all().some(({ subscribers }) => subscribers.length > 0);
  }

  /** A path to each endpoint: one may have been given up while others came through, or when nobody wanted anything. */
  #complete(): void {
    for (const endpoint of this.#paths.lacking(this.#board.endpoints)) this.#addPath(endpoint).step('want');
  }

  /**
   * The last block that was seen whole by a path, for the newest may have been cut. Of one that has brought no block, all that
   * others had brought before.
   */
  #seen(path: Path | undefined): Moment {
    return this.#moment(before(this.#isJoining ? this.#replayed : (path?.height ?? this.height)));
  }

  /** Since the newest block came. */
  #moment(height: Height | undefined): Moment {
    return { height, at: this.#heightAt };
  }

  /** From the next block on a path brings all of it. */
  #cover(one: Interest<Consumer>, height: Height | undefined, ...more: readonly 'pulse'[]): void {
    this.#losses.find(one, height, ['path', 'speech', ...more]);
    if (height !== undefined) this.#audits?.begin(one, this.#moment(height));
  }

  /** A gateway has forgotten a subscription: who knows what else. */
  #forgotten(one: Interest<Consumer>, from: Moment): void {
    this.#board.metrics?.count('stale', 1, { topic: one.stream.topic });
    this.#board.tell({ name: 'stale', stream: one.name, url: this.#paths.serving[0]?.url });
    this.#losses.lose([one], 'silence', from, 'path');
    for (const path of this.#paths.serving) this.#replace(path);
  }

  // Paths that join, and leave.

  /** Whether a path may join the others, or serve alone. */
  #consider(): void {
    if (this.#isJoining) return;
    for (const path of this.#paths) {
      const { standing } = path;
      if (standing.isServing || standing.from === undefined || !path.isOpen) continue;
      const serving = this.#paths.serving;
      const isLate = this.#beat - standing.waitsSince >= PATIENCE_BEATS;
      const { replaces } = standing;
      const hasCome = ({ height, awaited }: Path): boolean => height! >= standing.from! && !awaited.size;
      // What is closed when it joins must have come as far itself: others may lack what a gateway has forgotten of them.
      const isAwaited = replaces?.standing.isServing && !replaces.standing.isStale && !isLate;
      if (!serving.length || (isAwaited ? hasCome(replaces) : serving.some(hasCome))) this.#join(path);
      else if (isUntold(path) && this.#overlaps(standing)) this.#join(path);
      else if (isUntold(path) && replaces && isLate) {
        // Nobody knows what the other socket takes with it.
        this.#losses.lose([...path.asked], 'silence', this.#moment(undefined), 'path');
        this.#join(path);
      } else if ((isLate && !isUntold(path)) || serving.every((one) => one.standing.isStale)) this.#outrun(path);
    }
    this.#isCompared = this.#paths.isServed && [...this.#paths].some((path) => path.isOpen && isUntold(path));
    if (!this.#isCompared) this.#compared.clear();
  }

  /** Whether a path that waits has brought what those that serve had brought as well. */
  #overlaps({ backlog: { texts, provesFrom } }: Standing): boolean {
    return texts.slice(provesFrom).some((text) => this.#compared.has(text));
  }

  /** Those that serve do not come as far: what they may have missed is a gap, and the path serves from its first block on. */
  #outrun(path: Path): void {
    for (const other of this.#paths.serving) {
      if (other === path) continue;
      other.standing.isServing = false;
      if (!this.#paths.isServed) this.#losses.lose([...other.asked], 'silence', this.#seen(other), 'path');
      other.step('lost', new Error('the socket fell silent'));
    }
    this.#consider();
  }

  #join(path: Path): void {
    const { standing } = path;
    const { replaces, backlog } = standing;
    const serving = this.#paths.serving;
    const isDoubled = serving.length > 0 || this.#paths.open > 1;
    const to = standing.from === Number.POSITIVE_INFINITY ? undefined : (standing.from as Height);
    // What waited, or is behind, may have come by another one that is not open any more.
    // What it has brought itself is not ahead of it, whatever its blocks say.
    const isBehind = to! < this.height! && !(path.height! >= this.height!);
    this.#isDoubled = isDoubled || isBehind || backlog.texts.length > 0;
    standing.isServing = true;
    standing.retries = 0;
    standing.backlog = emptyBacklog();
    // Blocks that begin anew: what was known of the ones before says nothing any more.
    if (!serving.length && to! < standing.seenBefore! - 1) this.#beginAnew();
    const doubledTo = isBehind && !(this.#doubledTo! > this.height!) ? this.height : this.#doubledTo;
    this.#doubledTo = undefined;
    // What it brings up to there may be older than what has come, and then it is not given.
    const coveredTo = isBehind && this.height !== undefined ? this.height : to;
    for (const one of [...path.asked]) {
      // Of what was asked for again it brings all only since then.
      if (path.awaited.has(one) || backlog.outdated.has(one)) path.fresh.add(one);
      else {
        path.fresh.delete(one);
        this.#cover(one, coveredTo, 'pulse');
      }
    }
    // Its newest block is not what it has brought yet: nobody joins it on the way there.
    this.#isJoining = true;
    this.#replayed = to;
    for (const [place, text] of backlog.texts.entries()) {
      if (!standing.isServing) break;
      this.#outdated = [...backlog.outdated].filter(([, texts]) => place < texts).map(([one]) => one);
      this.#board.read(this, path, text, true);
    }
    this.#outdated = [];
    this.#isJoining = false;
    if (doubledTo !== undefined && !(path.height! > doubledTo)) this.#doubledTo = doubledTo;
    this.#isDoubled = isDoubled || this.#doubledTo !== undefined;
    if (replaces && this.#paths.has(replaces)) {
      this.#board.metrics?.count('renewals', 1, {});
      this.#board.log?.({ level: 'info', event: 'renewed', data: { url: path.url } });
      replaces.standing.isServing = false;
      replaces.standing.from = undefined;
      replaces.step('close');
    }
    // From now on it is a path like any other; and who came before it is kept by nobody.
    standing.replaces = undefined;
    this.#renewed();
  }

  #beginAnew(): void {
    this.height = this.#doubledTo = undefined;
    for (const { standing } of this.#paths) standing.seenBefore = undefined;
    this.#audits?.clear();
    for (const { trace, subscribers } of this.router.all()) {
      trace.clear();
      for (const consumer of subscribers) consumer.since = undefined;
    }
  }

  #replace(path: Path): void {
    // What nobody wants is on its way out, and needs no heir.
    if (!this.#isUsed) return;
    if (this.#paths.heirOf(path)) return;
    this.#delay(path);
    this.#addPath(path.endpoint, path).step('want');
  }

  /** The next attempt to put another in the place of a path. */
  #delay(path: Path): void {
    const { standing } = path;
    const pause = Math.min(RETRY_MOST_MS, this.#silence.beats * BEAT_MS * 2 ** standing.retries++);
    standing.retryAt = this.#board.clock.now() + pause;
    if (standing.renewAt < standing.retryAt) standing.renewAt = standing.retryAt;
  }

  /** Tells who waits for renewals, once none is under way. */
  #renewed(): void {
    if (this.#paths.areChanging) return;
    for (const resolve of this.#renewals) resolve();
    this.#renewals.clear();
  }

  #compare(trace: Trace, isFirst: boolean): void {
    const standing = this.#from?.standing;
    // When what waited had come is not known any more.
    if (!standing || this.#isJoining) return;
    const now = this.#board.clock.now();
    if (isFirst) {
      standing.first++;
      trace.cameAt = now;
    } else {
      standing.repeated++;
      standing.behind += now - trace.cameAt;
    }
  }

  // The beat.

  #keepBeat(): void {
    const { clock } = this.#board;
    clock.clearTimeout(this.#timer);
    this.#timer = clock.setTimeout(() => this.#keepBeat(), BEAT_MS);
    this.#beat++;
    const now = clock.now();
    if (this.#isUsed) this.#complete();
    // Sockets that speak, and of blocks no more.
    const hasNoPulse = ({ standing }: Path): boolean => standing.heard - standing.pulsedAt >= PULSE_BEATS;
    const { serving } = this.#paths;
    if (serving.length && serving.every(hasNoPulse)) this.#losses.findAll(undefined, 'pulse');
    for (const path of this.#paths) {
      const { standing } = path;
      if (!path.isOpen) continue;
      // A socket that is not read neither speaks nor is late.
      if (this.#isPaused) {
        standing.pulsedAt += this.#beat - standing.heard;
        standing.heard = standing.askedAt = standing.waitsSince = this.#beat;
      }
      // Only a socket that speaks can have left out the answer.
      if (path.isWaiting && standing.heard > this.#beat - 2 && ++standing.awaiting > FENCE_BEATS) path.distrust();
      if (!path.isWaiting) standing.awaiting = 0;
      // A gateway that does not come to fences has begun with all that it was asked for by now.
      if (isUntold(path) && this.#beat - standing.waitsSince > FENCE_BEATS)
        standing.backlog.provesFrom = Math.min(standing.backlog.provesFrom, standing.backlog.texts.length);
      if (standing.from === undefined) this.#awaitPulse(path, standing);
      else this.#silence.watch(path, this.#beat);
      // One that waits, and is silent, helps nobody: another one may.
      if (isUntold(path) && standing.isStale && serving.length) path.step('close');
      if (standing.isServing && ((standing.isStale && now >= standing.retryAt) || now >= standing.renewAt))
        this.#replace(path);
    }
    if (!this.#isPaused) {
      for (const one of this.router.all()) if (one.stream.isSteady && one.asked) this.#silence.listen(one, this.#beat);
    }
    this.#consider();
    if (!this.#isPaused) this.#audits?.beat(this.router.all(), this.#seen(this.#paths.serving[0]), now);
  }

  /** No pulse has come yet. */
  #awaitPulse(path: Path, standing: Standing): void {
    if (!path.asked.has(this.pulse!) || this.#beat - standing.askedAt < PULSE_BEATS) {
      if (!path.asked.has(this.pulse!)) standing.askedAt = this.#beat;
      return;
    }
    // Where another one serves that is as silent, nothing is won by this one.
    const hasSpoken = standing.heard > standing.askedAt;
    if (this.#paths.isServed && !hasSpoken) path.step('close');
    else {
      standing.from = Number.POSITIVE_INFINITY;
      standing.waitsSince = this.#beat;
      standing.backlog.provesFrom = standing.backlog.texts.length;
    }
  }
}

const emptyBacklog = (provesFrom = 0): Backlog => ({ texts: [], outdated: new Map(), provesFrom });

/** It waits, and no pulse tells for what. */
const isUntold = ({ standing }: Path): boolean => !standing.isServing && standing.from === Number.POSITIVE_INFINITY;

/** Not a depth: the first one of a subscription may read like one that has come long ago. */
const isProof = (topic: string): boolean => !topic.startsWith('marketDepth');
