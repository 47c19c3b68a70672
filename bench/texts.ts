/**
 * What the fan-out bench sends: texts of 300 bytes, one for each symbol.
 * In: a symbol. Out: its stream name, its text.
 */
const TEXT_BYTES = 300;

export const TOPIC = 'trades';

export const nameOf = (symbol: string): string => `${symbol}@${TOPIC}`;

export const textOf = (symbol: string): string => {
  const head = `{"stream":"${TOPIC}","data":[{"e":"trade","s":"${symbol}","ba":"`;
  return `${head.padEnd(TEXT_BYTES - 4, 'x')}"}]}`;
};
