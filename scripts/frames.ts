/**
 * `npm run frames -- <file.ndjson>...`: reads recordings with both readers and writes each line back.
 * In: files with a frame or an error reply a line. Out: each difference, then `N passed, M failed`; exit code 1 on any.
 */
import { readFileSync } from 'node:fs';
import {
  decodeFast,
  decodeTolerant,
  encode,
  peekTopic,
  readReply,
  type Stream,
  streamForTopic,
  toJson,
} from '@dexwire/protocol';

/** What is wrong with a frame; empty if nothing is. */
const differences = (stream: Stream, text: string): string[] => {
  const event = decodeTolerant(stream, text);
  const fast = decodeFast(stream, text);
  const written = encode(stream, event);
  return [
    ...(fast !== undefined && toJson(fast) !== toJson(event)
      ? [`readers differ: ${toJson(fast)} and ${toJson(event)}`]
      : []),
    ...(fast !== undefined && encode(stream, fast) !== written ? ['readers differ when written back'] : []),
    ...(written !== text ? [`written back as ${written}`] : []),
  ];
};

/** What is wrong with a line. @throws FrameError for what is neither frame nor error reply */
const examine = (text: string): string[] => {
  let topic = peekTopic(text);
  if (topic === undefined) {
    const reply = readReply(text);
    if (reply.kind === 'refusal') return [];
    topic = reply.topic;
  }
  const stream = streamForTopic(topic);
  return stream ? differences(stream, text) : [`no stream has the topic ${topic}`];
};

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error('Usage: npm run frames -- <file.ndjson>...');
  process.exit(2);
}
const counts = { passed: 0, failed: 0 };
for (const file of files) {
  let lines: string[];
  try {
    lines = readFileSync(file, 'utf8').split(/\r?\n/);
  } catch (error) {
    counts.failed++;
    console.log(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    continue;
  }
  for (const [index, text] of lines.entries()) {
    if (text === '') continue;
    let found: string[];
    try {
      found = examine(text);
    } catch (error) {
      found = [error instanceof Error ? error.message : String(error)];
    }
    counts[found.length === 0 ? 'passed' : 'failed']++;
    for (const difference of found) console.log(`${file}:${index + 1}: ${difference}`);
  }
}
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed > 0 ? 1 : 0;
