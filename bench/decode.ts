/**
 * Decode: a frame's text to typed events, exact, against bare `JSON.parse` of the same text, which rounds int64.
 * Out: a row a topic, their geometric mean, and what others use who need int64 exact.
 */
import { decode, decodeTolerant, streamForTopic } from '@dexwire/protocol';
import jsonBigint from 'json-bigint';
import { JSONParse } from 'json-with-bigint';
import { parse as losslessParse } from 'lossless-json';
import { framesOf, TOPICS } from './frames.ts';
import { besides, geometricMean, machine, type Ratio, type Result, type Row, sink } from './measure.ts';

const AGAINST = 'JSON.parse, which rounds int64';
const { parse: bigintParse } = jsonBigint({ useNativeBigInt: true });

/** Engines with `context.source` (Node.js 22 and later) can keep long integers by a reviver; 20 cannot. */
const hasSource = (() => {
  let found = false;
  JSON.parse('1', (_key, value, ...rest: unknown[]) => {
    found = rest.length > 0;
    return value;
  });
  return found;
})();
const byReviver = (text: string): unknown =>
  JSON.parse(text, (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && context?.source ? BigInt(context.source) : value,
  );

const rows: Row[] = [];
const ours: Ratio[] = [];
const over = (frames: readonly string[], read: (text: string) => unknown) => (): void => {
  for (const text of frames) sink.value = read(text);
};

for (const topic of [...TOPICS, 'marketDepth1000']) {
  const frames = framesOf(topic, topic.startsWith('all') || topic.endsWith('1000') ? 12 : 256);
  const stream = streamForTopic(topic)!;
  const bar = over(frames, JSON.parse);
  const contenders: [name: string, read: (text: string) => unknown][] = [
    [`dexwire ${topic}`, (text) => decode(stream, text)],
    ...(topic === 'trades'
      ? ([
          ['dexwire tolerant reader, trades', (text) => decodeTolerant(stream, text)],
          ['json-bigint, trades', (text) => bigintParse(text)],
          ['json-with-bigint, trades', (text) => JSONParse(text)],
          ['lossless-json, trades', (text) => losslessParse(text)],
          ...(hasSource ? [['JSON.parse with a reviver of context.source, trades', byReviver]] : []),
        ] as [string, (text: string) => unknown][])
      : []),
  ];
  for (const [contender, read] of contenders) {
    const { ratio, perSecond } = besides(over(frames, read), bar);
    rows.push({
      contender,
      against: AGAINST,
      ratio,
      figures: { 'frames/s': perSecond * frames.length, characters: frames[0]!.length },
    });
    if (contender.startsWith(`dexwire ${topic}`) && topic !== 'marketDepth1000') ours.push(ratio);
  }
}
rows.unshift({ contender: 'dexwire geomean', against: AGAINST, ratio: geometricMean(ours) });

const result: Result = { bench: 'decode', machine: machine(), rows };
console.log(JSON.stringify(result));
