/** A market of one's own: its genesis and what happens in it come from files, and its time moves in steps. */
import { readFileSync } from 'node:fs';
import { startNode } from '@dexwire/node';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

const node = await startNode({
  port: 0,
  genesis: JSON.parse(read('ownMarket.genesis.json')), // docs/genesis.md
  scenario: read('ownMarket.scenario.jsonl'), // docs/scenarios.md
  traders: false,
  time: 'stepped',
});

await node.advance(3);
for (const { line, height, result, mismatch } of node.scenario?.outcomes ?? [])
  console.log(`line ${line}, block ${height}:`, result.ok ? 'accepted' : result.message, mismatch ?? 'as expected');

const get = async (path: string) => (await fetch(`${node.rest}${path}`)).json();
for (const { price, quantity, tickType } of (await get('/trades?symbol=TOK-1AB_BNB')).trade)
  console.log('trade', quantity, 'at', price, tickType);

// Five minutes later: one block at that time, and none in between.
await node.at(Date.parse('2026-01-01T00:05:00Z'));
console.log(await get('/time'));
await node.close();
