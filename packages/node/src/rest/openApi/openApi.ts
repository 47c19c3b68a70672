/**
 * The description of REST in the form of OpenAPI 3.1, for people, and for programs that make clients of it.
 * In: which doors are open; who was asked. Out: the document, as `/api/v1/openapi.json` has it.
 */
import type { Answer } from '../answer.ts';
import { ENTRY_PATH } from '../entry.ts';
import { FAUCET_PATH } from '../faucet.ts';
import { bodiesOf } from './bodies.ts';
import { BLOCK_SERVICE, BROADCAST, type Call, DOCUMENT, ENTRY, FAUCET, HEALTH, METRICS, READS } from './calls.ts';
import { named } from './schema.ts';

/** What is open besides the reads: trading, the doors for development, and what tells how a node fares. */
export type Door = 'broadcast' | 'entry' | 'faucet' | 'watch';

const TAGS = {
  market: 'Pairs, price levels, candles and trades',
  accounts: 'Accounts, their orders and transactions',
  chain: 'The chain itself',
  trading: 'Transactions',
  development: 'Doors of our own, for programs on this machine',
  node: 'The node',
};

const reply = (description: string, type: string, schema: object): object => ({
  description,
  content: { [type]: { schema } },
});

const JSON_TYPE = 'application/json';

const operation = ({ tag, summary, parameters, body, answer, answerType = JSON_TYPE, faults = {} }: Call): object => ({
  tags: [tag],
  summary,
  ...(parameters && { parameters }),
  ...(body && { requestBody: { required: true, content: { [body.type]: { schema: body.schema } } } }),
  responses: {
    200: reply('As asked.', answerType, answer),
    ...Object.fromEntries(
      Object.entries(faults).map(([status, meaning]) => [status, reply(meaning, JSON_TYPE, named('Fault'))]),
    ),
    default: { $ref: '#/components/responses/Other' },
  },
});

const OTHER = reply(
  'Anything else: too many requests (429), too much at once (503), or a fault of the node.',
  JSON_TYPE,
  named('Fault'),
);

const health = {
  ...operation(HEALTH),
  responses: {
    200: reply('Blocks come.', JSON_TYPE, HEALTH.answer),
    503: reply('No block has come for ten seconds, or the node is about to end.', JSON_TYPE, HEALTH.answer),
  },
};

/** Where OpenAPI has braces, the router has a colon. */
const pathOf = (route: string): string => route.replace(/:(\w+)/g, '{$1}');

/** @param places - Of the reads, and of the block service. */
export const openApi = (
  places: { readonly base: string; readonly blockService: string },
  doors: readonly Door[],
): Answer => {
  const { base, blockService } = places;
  const doorPaths: Readonly<Record<Door, object>> = {
    broadcast: { [`${base}/broadcast`]: { post: operation(BROADCAST) } },
    entry: { [ENTRY_PATH]: { post: operation(ENTRY) } },
    faucet: { [FAUCET_PATH]: { post: operation(FAUCET) } },
    watch: { '/healthz': { get: health }, '/metrics': { get: operation(METRICS) } },
  };
  const paths = Object.assign(
    Object.fromEntries(Object.entries(READS).map(([route, call]) => [base + pathOf(route), { get: operation(call) }])),
    {
      [`${blockService}/txs`]: { get: operation(BLOCK_SERVICE) },
      [`${base}/openapi.json`]: { get: operation(DOCUMENT) },
    },
    ...doors.map((door) => doorPaths[door]),
  );
  return ({ state, version }, { origin }) => ({
    openapi: '3.1.1',
    info: {
      title: 'dexwire node',
      summary: 'The REST API of the Binance DEX, as a node on this machine answers it.',
      version,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: origin }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: { schemas: bodiesOf(state.accounts.prefix), responses: { Other: OTHER } },
  });
};
