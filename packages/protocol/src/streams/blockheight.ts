/**
 * Stream `blockheight`: the number of each new block.
 * In, out: the table of a block height. Source: spec §7.12; fixtures/blockheight.ndjson.
 */
import { height, record } from '../schema.ts';
import type { GlobalStream } from '../stream.ts';
import type { Height } from '../units.ts';

export interface Blockheight {
  readonly height: Height;
}

const BLOCKHEIGHT = record([height('h', 'height')], (v): Blockheight => ({ height: v[1] }));

export const blockheight: GlobalStream<Blockheight> = {
  topic: 'blockheight',
  scope: 'all',
  data: BLOCKHEIGHT,
  conflatable: true,
  known: { at: 'height', by: [] },
  isSteady: true,
};
