import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { test } from 'vitest';
import { allTopics, jsonSchema, peekTopic, streamForTopic } from './index.ts';

const folder = new URL('../fixtures/', import.meta.url);
// `int64` is told in `format`, which only annotates: what JSON.parse gives a validator is rounded already.
const validator = new Ajv2020({ strict: false, validateFormats: false });
const schemas = new Map(allTopics().map((topic) => [topic, validator.compile(jsonSchema(streamForTopic(topic)!))]));

test.each(readdirSync(folder).filter((file) => file.endsWith('.ndjson') && file !== 'errors.ndjson'))(
  'every recorded frame of %s is valid by the published schema',
  (file) => {
    for (const text of readFileSync(new URL(file, folder), 'utf8').split('\n').filter(Boolean)) {
      const valid = schemas.get(peekTopic(text) ?? '');
      assert.ok(valid?.(JSON.parse(text)), JSON.stringify(valid?.errors));
    }
  },
);

test('the published schema refuses a missing key, a number for a decimal, an unknown code', () => {
  const valid = schemas.get('trades');
  const [text] = readFileSync(new URL('trades.ndjson', folder), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"tt"'));
  assert.ok(text && valid);
  assert.equal(valid(JSON.parse(text)), true);
  for (const broken of [
    text.replace('"E":47515444,', ''),
    text.replace('"0.00000722"', '7'),
    text.replace('"tt":1', '"tt":6'),
  ]) {
    assert.equal(valid(JSON.parse(broken)), false, broken);
  }
});

test('the documented codes stand in the schema with their words', () => {
  assert.match(JSON.stringify(jsonSchema(streamForTopic('orders')!)), /1 GTE, 3 IOC/);
});
