import { readdirSync, readFileSync } from 'node:fs';
import { allTopics, decode, encode, streamForTopic } from '@dexwire/protocol';
import { expect, test } from 'vitest';
import type { NodeError } from '../errors.ts';
import { readRecordings } from './recordings.ts';

const FOLDER = new URL('../../recordings/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('manifest.json', FOLDER), 'utf8'));

test('the manifest says of every recorded frame what it is about, and the frame agrees', () => {
  const { lines } = readRecordings();
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ndjson') && name !== 'errors.ndjson');
  for (const file of files) {
    const topic = file.replace('.ndjson', '');
    for (const text of readFileSync(new URL(file, FOLDER), 'utf8').trimEnd().split('\n')) {
      const about = lines.filter((line) => line.text === text);
      expect(about.length, text).toBeGreaterThanOrEqual(1);
      for (const { stream, subject } of about) {
        expect(stream.topic).toBe(topic);
        expect(encode(stream, decode(stream, text))).toBe(text);
        if (stream.scope === 'symbol') expect(text).toContain(`"${subject}"`);
        if (topic === 'transfers') expect(text).toContain(`"${subject}"`);
        if (stream.scope === 'all') expect(subject).toBe('$all');
      }
    }
  }
});

test('for every symbol the manifest lists what is recorded and what is derived, and together they are all topics', () => {
  const topics = allTopics().filter((topic) => streamForTopic(topic)?.scope === 'symbol');
  const all = new Set(topics.map((topic) => (topic.startsWith('kline') ? 'kline' : topic)));
  for (const { symbol, recorded, derived } of manifest.symbols) {
    const own = Object.keys(recorded).filter((topic) => all.has(topic));
    expect([...own, ...derived].sort(), symbol).toEqual([...all].sort());
  }
});

test('recordings that cannot be read are an error that says where they were looked for', () => {
  const folder = new URL('./nowhere/', import.meta.url);
  const failure = ((): NodeError => {
    try {
      readRecordings(folder);
    } catch (error) {
      return error as NodeError;
    }
    return expect.fail('it was read');
  })();
  expect(failure).toMatchObject({ code: 'RECORDINGS_INVALID', cause: { code: 'ENOENT' } });
  expect(failure.message).toContain('nowhere');
});
