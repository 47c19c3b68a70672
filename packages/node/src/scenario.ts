/**
 * Scenarios: timed transactions from a file, one JSON object a line. docs/scenarios.md has the grammar.
 * In: the text of a file; then each running block. Out: transactions, in the order of the lines; what became of each.
 */
import { formatOrderId, type Height, type Nanoseconds } from '@dexwire/protocol';
import { type Message, MessageError, parseMessage, StrictJson } from '@dexwire/protocol/transactions';
import { parseBlockTime } from './chain/blockTime.ts';
import type { Result } from './chain/result.ts';
import { ScenarioError } from './errors.ts';
import type { TraderMarket } from './traders/trader.ts';

/** When a step is due: so many blocks after the first that the runner sees, at a height, or at a block time. */
type Due =
  | { readonly kind: 'offset'; readonly blocks: number }
  | { readonly kind: 'height'; readonly height: Height }
  | { readonly kind: 'time'; readonly time: Nanoseconds };

export interface ScenarioStep {
  /** Where it stands in the file, from 1. */
  readonly line: number;
  readonly due: Due;
  /** Of a cancel by label, `refId` is empty. */
  readonly message: Message;
  readonly memo: string;
  readonly source: number;
  /** A name for the order, for later cancels. */
  readonly label: string | undefined;
  /** Label of the order to cancel. */
  readonly refLabel: string | undefined;
  readonly expect: Expectation | undefined;
}

interface Expectation {
  /** 0: accepted. */
  readonly code: number | undefined;
  /** What the text of the result must contain. */
  readonly message: string | undefined;
}

export interface ScenarioOutcome {
  readonly line: number;
  readonly height: Height;
  /** As submitted: with the id of the order. */
  readonly message: Message;
  readonly result: Result;
  /** What was expected and what came instead; undefined if all is as expected, or nothing was. */
  readonly mismatch: string | undefined;
}

const MEMBERS = ['at', 'memo', 'source', 'label', 'refLabel', 'expect'] as const;

const START: Due = { kind: 'offset', blocks: 0 };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads one line after the other; a fault is thrown with the line that is read.
 */
class ScenarioReader {
  readonly #accounts: ReadonlyMap<string, string>;
  readonly #json = new StrictJson((path, problem) => this.#fault(path === '' ? problem : `${path}: ${problem}`));
  /** Labels so far, each with the symbol of its order. */
  readonly #labels = new Map<string, string>();
  #line = 0;
  #due: Due = START;

  constructor(accounts: ReadonlyMap<string, string>) {
    this.#accounts = accounts;
  }

  read(text: string): ScenarioStep[] {
    const steps: ScenarioStep[] = [];
    for (const line of text.split('\n')) {
      this.#line += 1;
      const trimmed = line.trim();
      if (trimmed !== '' && !trimmed.startsWith('#')) steps.push(this.#step(trimmed));
    }
    return steps;
  }

  #fault(problem: string, options?: ErrorOptions): ScenarioError {
    return new ScenarioError(this.#line, problem, options);
  }

  #step(text: string): ScenarioStep {
    const json = this.#json;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw this.#fault(`found ${JSON.stringify(text.slice(0, 40))}, expected one JSON object`, { cause: error });
    }
    const step = json.members(value, '', ['message'], MEMBERS);
    this.#due = step.at === undefined ? this.#due : this.#readDue(step.at);
    const refLabel = step.refLabel === undefined ? undefined : json.text(step.refLabel, 'refLabel');
    const message = this.#message(step.message, refLabel);
    const label = step.label === undefined ? undefined : json.text(step.label, 'label');
    if (label !== undefined) this.#note(label, message);
    return {
      line: this.#line,
      due: this.#due,
      message,
      memo: step.memo === undefined ? '' : json.text(step.memo, 'memo'),
      source: step.source === undefined ? 0 : json.whole(step.source, 'source', 0),
      label,
      refLabel,
      expect: step.expect === undefined ? undefined : this.#expectation(step.expect),
    };
  }

  #readDue(value: unknown): Due {
    const json = this.#json;
    if (typeof value === 'number') return { kind: 'offset', blocks: json.whole(value, 'at', 0) };
    if (isObject(value) && Object.hasOwn(value, 'height')) {
      return { kind: 'height', height: json.whole(json.members(value, 'at', ['height']).height, 'at.height', 1) };
    }
    if (!isObject(value)) json.refuse('at', value, 'a number of blocks, {"height": ...} or {"time": ...}');
    const text = json.text(json.members(value, 'at', ['time']).time, 'at.time');
    const time = parseBlockTime(text);
    if (time === undefined) return json.refuse('at.time', text, 'a time in UTC such as "2019-04-11T07:26:46Z"');
    return { kind: 'time', time };
  }

  #expectation(value: unknown): Expectation {
    const json = this.#json;
    const { code, message } = json.members(value, 'expect', [], ['code', 'message']);
    return {
      code: code === undefined ? undefined : json.whole(code, 'expect.code', 0),
      message: message === undefined ? undefined : json.text(message, 'expect.message'),
    };
  }

  /** The message, with addresses for names, and for a cancel by label what it need not say. */
  #message(value: unknown, refLabel: string | undefined): Message {
    let named = this.#withAddresses(value);
    if (refLabel !== undefined) {
      const symbol = this.#labels.get(refLabel);
      if (symbol === undefined) this.#json.refuse('refLabel', refLabel, 'the label of an order in an earlier line');
      if (!isObject(named) || named.type !== 'cancelOrder' || Object.hasOwn(named, 'refId')) {
        throw this.#fault('refLabel: expected only with a cancelOrder without refId');
      }
      named = { symbol, ...named, refId: '' };
    }
    try {
      return parseMessage(named);
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      throw this.#fault(`message: ${error.message}`, { cause: error });
    }
  }

  #note(label: string, message: Message): void {
    if (message.type !== 'newOrder') throw this.#fault('label: expected only with a newOrder');
    if (this.#labels.has(label)) this.#json.refuse('label', label, 'a label that no earlier line has');
    this.#labels.set(label, message.symbol);
  }

  #withAddresses(message: unknown): unknown {
    if (!isObject(message)) return message;
    const named: Record<string, unknown> = { ...message };
    for (const member of ['sender', 'from']) {
      if (Object.hasOwn(named, member)) named[member] = this.#address(named[member], member);
    }
    for (const member of ['to', 'inputs', 'outputs']) {
      const sides = Object.hasOwn(named, member) ? named[member] : undefined;
      if (!Array.isArray(sides)) continue;
      named[member] = sides.map((side: unknown, place) =>
        isObject(side) && Object.hasOwn(side, 'address')
          ? { ...side, address: this.#address(side.address, `${member}[${place}].address`) }
          : side,
      );
    }
    return named;
  }

  #address(value: unknown, path: string): unknown {
    if (typeof value !== 'string' || !value.startsWith('@')) return value;
    const names = [...this.#accounts.keys()].map((name) => `@${name}`).join(', ');
    return this.#accounts.get(value.slice(1)) ?? this.#json.refuse(`message.${path}`, value, `one of ${names}`);
  }
}

/**
 * The steps of a scenario.
 *
 * @param accounts - Addresses by name; a file may say `@alice` for the address of `alice`.
 * @throws ScenarioError `SCENARIO_INVALID`, with the line.
 */
export const parseScenario = (text: string, accounts: ReadonlyMap<string, string> = new Map()): ScenarioStep[] =>
  new ScenarioReader(accounts).read(text);

interface Timed {
  readonly step: ScenarioStep;
  /** A height or a time. */
  readonly due: bigint;
}

/** Those that are due leave the list. */
const takeDue = (list: Timed[], now: bigint): ScenarioStep[] => {
  const first = list.findIndex(({ due }) => due > now);
  return list.splice(0, first < 0 ? list.length : first).map(({ step }) => step);
};

const byDue = (one: Timed, other: Timed): number => (one.due < other.due ? -1 : one.due > other.due ? 1 : 0);

/** Submits the steps of a scenario as they come due, and keeps what became of each. */
export class ScenarioRunner {
  readonly #steps: readonly ScenarioStep[];
  /** By height and by time; both undefined before the first block, which says where offsets begin. */
  #byHeight: Timed[] | undefined;
  #byTime: Timed[] = [];
  readonly #orders = new Map<string, string>();
  readonly #outcomes: ScenarioOutcome[] = [];

  constructor(steps: readonly ScenarioStep[]) {
    this.#steps = steps;
  }

  /** What became of the steps so far, in the order in which they were submitted. */
  get outcomes(): readonly ScenarioOutcome[] {
    return this.#outcomes;
  }

  /** The outcomes that are not as expected. */
  get mismatches(): readonly ScenarioOutcome[] {
    return this.#outcomes.filter(({ mismatch }) => mismatch !== undefined);
  }

  /** Whether all steps were submitted. */
  get isDone(): boolean {
    return this.#outcomes.length === this.#steps.length;
  }

  /**
   * Submits what is due, in the order of the lines. To be called once before each block is sealed.
   *
   * @returns What became of it.
   */
  onBlock(market: TraderMarket): readonly ScenarioOutcome[] {
    const byHeight = this.#scheduled(market.height);
    const due = [...takeDue(byHeight, BigInt(market.height)), ...takeDue(this.#byTime, market.time)];
    const outcomes = due.sort((one, other) => one.line - other.line).map((step) => this.#submit(market, step));
    this.#outcomes.push(...outcomes);
    return outcomes;
  }

  #scheduled(start: Height): Timed[] {
    if (this.#byHeight) return this.#byHeight;
    const byHeight: Timed[] = [];
    for (const step of this.#steps) {
      const { due } = step;
      if (due.kind === 'time') this.#byTime.push({ step, due: due.time });
      else byHeight.push({ step, due: BigInt(due.kind === 'height' ? due.height : start + due.blocks) });
    }
    this.#byTime.sort(byDue);
    this.#byHeight = byHeight.sort(byDue);
    return byHeight;
  }

  #submit(market: TraderMarket, step: ScenarioStep): ScenarioOutcome {
    const message = this.#completed(market, step);
    const result = market.submit(message, { memo: step.memo, source: step.source });
    return {
      line: step.line,
      height: market.height,
      message,
      result,
      mismatch: step.expect && mismatchOf(step.expect, result),
    };
  }

  /** The message with the ids of orders that only the chain's state tells. */
  #completed(market: TraderMarket, { message, label, refLabel }: ScenarioStep): Message {
    if (message.type === 'newOrder') {
      const sequence = market.state.accounts.get(message.sender)?.sequence ?? 0;
      const id = message.id === '' ? formatOrderId(message.sender, sequence + 1) : message.id;
      if (label !== undefined) this.#orders.set(label, id);
      return { ...message, id };
    }
    if (message.type !== 'cancelOrder' || refLabel === undefined) return message;
    // A time may come before a height that stands above it; then the order is not there yet, and the chain says so.
    return { ...message, refId: this.#orders.get(refLabel) ?? '-' };
  }
}

const mismatchOf = ({ code, message }: Expectation, result: Result): string | undefined => {
  const text = result.ok ? result.log : result.message;
  if (code !== undefined && code !== result.code) return `expected code ${code}, got ${result.code}: ${text}`;
  if (message !== undefined && !text.includes(message)) return `expected the text ${message}, got: ${text}`;
  return undefined;
};
