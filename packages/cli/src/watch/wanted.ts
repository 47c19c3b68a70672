/**
 * What the arguments of `watch` ask for.
 * In: stream names, or topics with what they are about behind them. Out: each stream once, with all its symbols, or with one
 * address; a `CliError` `USAGE` that says what would be good.
 */
import {
  type AddressStream,
  accounts,
  allTopics,
  isAddress,
  orders,
  type Stream,
  streamForTopic,
  transfers,
} from '@dexwire/protocol';
import { CliError } from '../errors.ts';

export interface Wanted {
  readonly stream: Stream;
  /** Symbols, upper case; one address; or `$all`. */
  readonly subjects: readonly string[];
}

const SYMBOL = /^[a-z\d.-]+_[a-z\d.-]+$/i;
const ADDRESS = /^t?bnb1/i;
const PERSONAL: readonly AddressStream[] = [orders, accounts, transfers];

/** The first word of a topic, for suggestions: `kline` of `kline_1m`. */
const familyOf = (topic: string): string => /^[a-z]+/i.exec(topic)?.[0].toLowerCase() ?? '';

/** Letters to change, add or leave out until one word is the other (Levenshtein). */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, place) => place);
  for (const [place, letter] of [...from].entries()) {
    const next = [place + 1];
    for (let at = 0; at < to.length; at++)
      next.push(Math.min(row[at + 1]! + 1, next[at]! + 1, row[at]! + (letter === to[at] ? 0 : 1)));
    row = next;
  }
  return row[to.length]!;
};

/** Two letters that have changed places are two changes; more are another word. */
const MISSPELLED = 2;

/** All topics in a few words: the many of one family are one. */
const families = (topics: readonly string[]): string =>
  [...new Set(topics.map((topic) => topic.replace(/_.*/, '_<interval>').replace(/\d+$/, '[100|500|1000]')))]
    .filter((topic) => topic !== 'marketDepth')
    .join(', ');

const topicsLike = (word: string): string => {
  const family = familyOf(word);
  const all = allTopics();
  const like = all.filter((topic) => family !== '' && familyOf(topic).startsWith(family));
  if (like.length) return like.join(', ');
  const misspelled = all.filter((topic) => distance(topic.toLowerCase(), word.toLowerCase()) <= MISSPELLED);
  return misspelled.length ? misspelled.join(', ') : families(all);
};

const topicsOf = (scope: Stream['scope']): string =>
  families(allTopics().filter((topic) => streamForTopic(topic)?.scope === scope));

const usage = (message: string): CliError => new CliError('USAGE', message);

/** What a word stands for in a place where a stream, a topic or what one is about may stand. */
type Word =
  | { readonly kind: 'streams'; readonly streams: readonly Stream[]; readonly subject: string }
  | { readonly kind: 'topic'; readonly stream: Stream }
  | { readonly kind: 'subject'; readonly text: string };

const subjectAs = (stream: Stream, text: string, word: string): string => {
  if (stream.scope === 'all') {
    if (text === '$all' || text === '') return '$all';
    throw usage(`${word}: ${stream.topic} is about everybody: say ${stream.topic}, or '$all@${stream.topic}'`);
  }
  if (stream.scope === 'address') {
    if (isAddress(text)) return text.toLowerCase();
    throw usage(`${word}: ${stream.topic} is about an address, such as tbnb1..., and ${text || 'nothing'} is none`);
  }
  if (SYMBOL.test(text)) return text.toUpperCase();
  const advice =
    text === ''
      ? 'a shell takes $all for a variable: put it in quotes'
      : `if a topic was meant, there are ${topicsLike(text)}`;
  throw usage(
    `${word}: ${stream.topic} is about a symbol, such as BNB_BTCB-1DE, and ${text || 'nothing'} is none; ${advice}`,
  );
};

/** The complaint about a word that stands where a stream should begin. */
const noStream = (text: string): CliError => {
  if (SYMBOL.test(text))
    return usage(
      `${text}: what of this symbol? Say ${text}@trades, or trades ${text}; of symbols there are ${topicsOf('symbol')}`,
    );
  if (ADDRESS.test(text)) return usage(`${text} is no address: a letter of it is missing, or is another one`);
  return usage(
    `${text || "''"} is no stream, and no topic; say <SYMBOL>@<topic>, <topic> <SYMBOL>, or an address. Topics like it: ${topicsLike(text)}`,
  );
};

const readWord = (word: string): Word => {
  const at = word.lastIndexOf('@');
  if (at >= 0) {
    const topic = word.slice(at + 1);
    const stream = streamForTopic(topic);
    if (!stream) throw usage(`${word}: there is no topic ${topic}; there are ${topicsLike(topic)}`);
    return { kind: 'streams', streams: [stream], subject: subjectAs(stream, word.slice(0, at), word) };
  }
  const stream = streamForTopic(word);
  if (stream?.scope === 'all') return { kind: 'streams', streams: [stream], subject: '$all' };
  return stream ? { kind: 'topic', stream } : { kind: 'subject', text: word };
};

/** @throws CliError `USAGE`. */
export const wantedOf = (words: readonly string[]): Wanted[] => {
  const found: { stream: Stream; subjects: Set<string> }[] = [];
  const add = (stream: Stream, subject: string): void => {
    // A subscription is for many symbols, but for one address.
    const same = found.find(
      (one) => one.stream.topic === stream.topic && (stream.scope === 'symbol' || one.subjects.has(subject)),
    );
    if (same) same.subjects.add(subject);
    else found.push({ stream, subjects: new Set([subject]) });
  };
  let topic: { readonly stream: Stream; isUsed: boolean } | undefined;
  const close = (): void => {
    if (topic && !topic.isUsed) {
      const about = topic.stream.scope === 'address' ? 'tbnb1...' : 'BNB_BTCB-1DE';
      throw usage(`${topic.stream.topic}: about which ${topic.stream.scope}? Say: ${topic.stream.topic} ${about}`);
    }
  };
  // With slashes between, they stand in the URL of a combined stream.
  for (const text of words.flatMap((word) => word.split('/'))) {
    const word = readWord(text);
    if (word.kind === 'topic') {
      close();
      topic = { stream: word.stream, isUsed: false };
    } else if (word.kind === 'streams') {
      for (const stream of word.streams) add(stream, word.subject);
    } else if (topic) {
      add(topic.stream, subjectAs(topic.stream, text, text));
      topic.isUsed = true;
    } else if (isAddress(text)) for (const stream of PERSONAL) add(stream, text.toLowerCase());
    else throw noStream(text);
  }
  close();
  return found.map(({ stream, subjects }) => ({ stream, subjects: [...subjects] }));
};
