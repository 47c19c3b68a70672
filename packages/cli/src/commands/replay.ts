/**
 * `dexwire replay`: its arguments. The work is done in `recording/`.
 */
import type { Speed } from '@dexwire/node';
import { InvalidArgumentError, Option } from 'commander';
import { durationMs, wholeNumber } from '../options.ts';
import type { AddVerb } from '../program.ts';

/** As `RecordedPlace`; `after`: so many milliseconds after the beginning. */
export type PlaceOption =
  | { readonly frame: number }
  | { readonly height: number }
  | { readonly time: number }
  | { readonly after: number };

export interface ReplayVerbOptions {
  readonly port?: number;
  readonly speed: Speed;
  readonly from?: PlaceOption;
  readonly to?: PlaceOption;
  readonly once?: boolean;
  readonly ignoreGaps?: boolean;
  readonly control?: boolean;
  readonly json?: boolean;
}

const HELP = `
It is served at the URLs of the venue, so any client of it in any language plays it. Time stands still until somebody
subscribes, and while nobody is left; 5 s after the last one has gone it begins anew. Where frames are missing in the recording,
sockets are closed, so that clients notice. Several files are played one after the other.

  dexwire replay market.ndjson.gz                      at the pace at which it came, at port 27100: the network "local"
  dexwire replay market.0*.ndjson.gz --speed 10x       ten times as fast; "max": as fast as clients read
  dexwire replay market.ndjson.gz --from 412000 --to 412100       from block to block
  dexwire replay market.ndjson.gz --from 2026-11-26T02:45:00.125Z --to +90s
  dexwire replay market.ndjson.gz --from frame:1200 --speed step   frame by frame: Enter sends one, a number so many

While it runs, programs on this machine seek, pause and step: POST /replay with {"seek":{"height":412050}}, {"play":10},
{"pause":true}, {"step":1} or {"advance":{"time":1764125100125}}; {} asks where it stands.`;

const place = (text: string): PlaceOption => {
  const [, kind = 'height', digits] = /^(?:(height|frame|time)[:=])?(\d{1,15})$/.exec(text) ?? [];
  if (digits !== undefined) {
    const value = Number(digits);
    return kind === 'frame' ? { frame: value } : kind === 'time' ? { time: value } : { height: value };
  }
  if (text.startsWith('+')) return { after: durationMs(text.slice(1)) };
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (!Number.isNaN(time)) return { time };
  throw new InvalidArgumentError(
    'A place is a block such as 412000, frame:1200, a time such as 2026-11-26T02:45:00.125Z, or +90s after the beginning.',
  );
};

const speed = (text: string): Speed => {
  if (text === 'max' || text === 'step') return text;
  const value = /^\d+(\.\d+)?x?$/.test(text) ? Number(text.replace('x', '')) : 0;
  if (value > 0) return value;
  throw new InvalidArgumentError('A speed is such as 1x, 0.5x, 100x, or max, or step.');
};

export const addReplay: AddVerb = (program, world) => {
  program
    .command('replay')
    .summary('play a recording to any client')
    .description('Plays a recording at the URLs of the venue, to any client, until Ctrl-C.')
    .argument('<file...>', 'what "record" wrote, or plain lines of frames')
    .addOption(
      new Option('--port <n>', 'port on 127.0.0.1, 0 for any free one; 27100 unless given').argParser(
        wholeNumber('--port', 0, 65_535),
      ),
    )
    .addOption(new Option('--speed <speed>', '10x, 0.5x, max, or step').argParser(speed).default(1, '1x'))
    .addOption(new Option('--from <place>', 'a block, frame:<n>, a time, or +<time>').argParser(place))
    .addOption(new Option('--to <place>', 'the last one that is played, likewise').argParser(place))
    .option('--once', 'end when it was played')
    .option('--ignore-gaps', 'keep sockets open where frames are missing')
    .option('--control', 'opens /control: faults for programs on this machine')
    .option('--json', 'when ready, one line of JSON')
    .addHelpText('after', HELP)
    .action(async (files: string[], options: ReplayVerbOptions) => {
      const { replay } = await import('../recording/replay.ts');
      await replay(world, files, options);
    });
};
