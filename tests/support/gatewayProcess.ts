/**
 * A process with a gateway in it, for tests that end it in ways no process survives.
 * In: a port as argument, 0 for any free one. Out: the port on stdout once clients may come; a frame `{"h":n}` each 20 ms.
 */
import { blockheight } from '@dexwire/protocol';
import { systemClock } from '../../packages/node/src/clock.ts';
import { FanOut } from '../../packages/node/src/gateway/fanOut.ts';
import { DEFAULT_LIMITS } from '../../packages/node/src/gateway/limits.ts';
import { openGateway } from '../../packages/node/src/gateway/server.ts';
import { SpokenSource } from './spokenSource.ts';

const source = new SpokenSource();
const fanOut = new FanOut();
const gateway = await openGateway({
  ...{ host: '127.0.0.1', port: Number(process.argv[2]), clock: systemClock, random: () => 0.5, source, fanOut },
  limits: DEFAULT_LIMITS,
});
source.start(fanOut);
const beat = (): void => {
  source.say({ stream: blockheight, subject: '$all', event: { height: source.height } });
  systemClock.setTimeout(beat, 20);
};
beat();
process.stdout.write(`${gateway.port}\n`);
