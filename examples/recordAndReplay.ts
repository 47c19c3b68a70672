/** Records a market while a program runs on it, then runs the same program on the recording: no port, no network, no waiting. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordSockets } from '@dexwire/cli';
import { openRecording, RecordingWriter, recordedSockets, startNode } from '@dexwire/node';
import { connect, type Dex, trades } from 'dexwire';

const SYMBOL = 'BNB_BTCB-1DE';

/** The program. It cannot tell which of the two it runs on. */
const watch = async (dex: Dex): Promise<string[]> => {
  const seen: string[] = [];
  for await (const item of dex.subscribe(trades, { symbols: [SYMBOL] })) {
    if (item.kind !== 'events') continue;
    for (const { tradeId, price, quantity } of item.events) seen.push(`${tradeId}: ${quantity} at ${price}`);
    if (seen.length >= 5) break;
  }
  return seen;
};

const folder = mkdtempSync(join(tmpdir(), 'dexwire-example-'));
const path = join(folder, 'market.ndjson.gz');

await using node = { ...(await startNode({ port: 0, blockTime: 50 })), [Symbol.asyncDispose]: () => node.close() };
const writer = await RecordingWriter.open({ path });
const live = connect(node.ws, { openSocket: recordSockets(writer) });
const first = await watch(live);
await live.close();
await writer.close();

const recording = openRecording(path);
const openSocket = recordedSockets(recording, { speed: 'max' });
const replayed = connect('local', { openSocket });
const second = await watch(replayed);
await replayed.close();
openSocket.close();
recording.close();
rmSync(folder, { recursive: true });

console.log(second.join('\n'));
if (first.join() !== second.join()) throw new Error('the recording is not what was seen');
