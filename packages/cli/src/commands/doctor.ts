/**
 * `dexwire doctor`: its arguments. The work is done in `doctor/`.
 */
import { Option } from 'commander';
import { durationMs, type NetworkOptions, withNetwork } from '../options.ts';
import type { AddVerb } from '../program.ts';

export interface DoctorOptions extends NetworkOptions {
  readonly symbol?: string;
  /** Milliseconds. */
  readonly for: number;
  readonly json?: boolean;
  readonly strict?: boolean;
}

const HELP = `
It looks at the name, the port, the certificate, the handshake, REST, the clocks, and at what each stream brings, and says of
everything that is wrong what to do about it. Code 0: nothing is wrong; 3: nobody can be reached there; 1: something else is.

  dexwire doctor
  dexwire doctor --network wss://gateway.example/api/ws --for 30s
  dexwire doctor --json | jq -r 'select(.verdict != "ok") | "\\(.name): \\(.advice)"'`;

export const addDoctor: AddVerb = (program, world) => {
  const verb = program
    .command('doctor')
    .summary('tell what is wrong with an endpoint, and what to do')
    .description('Examines an endpoint from its name to its streams: what is wrong, and what to do.')
    .option('--symbol <symbol>', 'whose streams it listens to; the first that is listed unless given')
    .addOption(
      new Option('--for <time>', 'how long it listens to the streams').argParser(durationMs).default(5000, '5s'),
    )
    .option('--strict', 'end with code 1 for warnings too')
    .option('--json', 'a line of JSON for each check')
    .addHelpText('after', HELP);
  withNetwork(verb, world).action(async (options: DoctorOptions) => {
    const { doctor } = await import('../doctor/doctor.ts');
    await doctor(world, options);
  });
};
