/**
 * `dexwire convert`: its arguments. The work is done in `recording/`.
 */
import { Option } from 'commander';
import type { AddVerb } from '../program.ts';

export interface ConvertOptions {
  readonly to: 'parquet';
  readonly out: string;
  readonly json?: boolean;
}

const HELP = `
One file a topic: trades.parquet, kline_1m.parquet, ...; one row an event, one column a member of it, in the words of the
library. Decimals are DECIMAL(38,8), nanoseconds TIMESTAMP in nanoseconds, whole numbers BIGINT, levels and balances lists; not a
digit is lost. Each row has its frame, the time at which it came, and its socket. gaps.parquet tells where frames are missing,
unread.parquet has the texts that no reader takes.

  dexwire convert market.0*.ndjson.gz --out market
  duckdb -c "SELECT symbol, sum(quantity) FROM 'market/trades.parquet' GROUP BY 1"`;

export const addConvert: AddVerb = (program, world) => {
  program
    .command('convert')
    .summary('turn a recording into tables')
    .description('Turns a recording into tables for DuckDB, pandas, Spark and others.')
    .argument('<file...>', 'what "record" wrote')
    .addOption(new Option('--to <format>', 'what into').choices(['parquet']).default('parquet'))
    .requiredOption('--out <folder>', 'where to; it is made if need be')
    .option('--json', 'at the end, a line of JSON that tells the files and their rows')
    .addHelpText('after', HELP)
    .action(async (files: string[], options: ConvertOptions) => {
      const { convert } = await import('../recording/convert.ts');
      await convert(world, files, options);
    });
};
