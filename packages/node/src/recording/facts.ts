/**
 * What a recorded text tells of itself: its stream, whom it is about, the block that it is of.
 * In: a text of a gateway, whatever it may be. Out: what was found. Nothing is decoded, so texts that no reader takes have
 * their place in a replay too. Pure.
 */
import { type Height, peekTopic, readReply, type Stream, streamForTopic } from '@dexwire/protocol';

export interface Facts {
  readonly stream: Stream;
  /** The symbol, `$all`, or `undefined` for a personal frame: the recording says whose it is. */
  readonly subject: string | undefined;
  readonly height: Height | undefined;
}

interface Places {
  readonly stream: Stream;
  readonly height: RegExp | undefined;
  readonly symbol: RegExp | undefined;
}

/** By topic. There are as many as topics, and no more: what no stream has is not kept. */
const known = new Map<string, Places>();

/** The wire's key of a member of a stream's events. */
const keyOf = ({ data }: Stream, member: string): string | undefined => {
  const node = data.node.kind === 'list' ? data.node.of : data.node;
  return node.kind === 'record' ? node.fields.find(({ name }) => name === member)?.key : undefined;
};

const placesOf = (topic: string): Places | undefined => {
  const found = known.get(topic);
  const stream = found ? undefined : streamForTopic(topic);
  if (stream === undefined) return found;
  const { at } = stream.known;
  const height = at === 'height' || at === 'lastUpdateId' ? keyOf(stream, at) : undefined;
  const symbol = stream.scope === 'symbol' ? keyOf(stream, 'symbol') : undefined;
  const places: Places = {
    stream,
    height: height === undefined ? undefined : new RegExp(`"${height}"\\s*:\\s*(\\d{1,15})\\b`),
    symbol: symbol === undefined ? undefined : new RegExp(`"${symbol}"\\s*:\\s*"([^"\\\\]+)"`),
  };
  known.set(topic, places);
  return places;
};

const topicOf = (text: string): string | undefined => {
  const topic = peekTopic(text);
  if (topic !== undefined) return topic;
  try {
    const reply = readReply(text);
    return reply.kind === 'frame' ? reply.topic : undefined;
  } catch {
    return undefined;
  }
};

/** @returns `undefined` for what is no stream's frame. */
export const factsOf = (text: string): Facts | undefined => {
  const topic = topicOf(text);
  const places = topic === undefined ? undefined : placesOf(topic);
  if (places === undefined) return undefined;
  const { stream } = places;
  const height = places.height?.exec(text)?.[1];
  return {
    stream,
    subject: stream.scope === 'all' ? '$all' : places.symbol?.exec(text)?.[1]?.toUpperCase(),
    height: height === undefined ? undefined : Number(height),
  };
};
