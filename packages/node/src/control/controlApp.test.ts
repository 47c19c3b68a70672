import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { json } from 'node:stream/consumers';
import { blockheight } from '@dexwire/protocol';
import fc from 'fast-check';
import { Hono } from 'hono';
import { afterEach, beforeEach, test } from 'vitest';
import { RawClient } from '../../../../tests/support/rawClient.ts';
import { SpokenSource } from '../../../../tests/support/spokenSource.ts';
import { VirtualClock } from '../../../../tests/support/virtualClock.ts';
import { FanOut } from '../gateway/fanOut.ts';
import { DEFAULT_LIMITS } from '../gateway/limits.ts';
import { type Gateway, openGateway } from '../gateway/server.ts';
import { type Control, openControl } from './control.ts';
import { controlApp } from './controlApp.ts';

let clock: VirtualClock;
let source: SpokenSource;
let gateway: Gateway;
let clients: RawClient[];
let blocks: number;
let control: Control;

const post = async (verb: string, body: unknown = {}): Promise<[number, unknown]> => {
  const answer = await fetch(`http://127.0.0.1:${gateway.port}/control/${verb}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return [answer.status, await answer.json()];
};

/** With headers that `fetch` keeps to itself. */
const ask = async (
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<[number, { code?: string }]> => {
  const options = { method, headers, agent: false };
  return new Promise((resolve, reject) => {
    const request = httpRequest(`http://127.0.0.1:${gateway.port}${path}`, options, async (response) =>
      resolve([response.statusCode ?? 0, (await json(response)) as { code?: string }]),
    );
    request.once('error', reject).end();
  });
};

const open = async (): Promise<RawClient> => {
  const client = await RawClient.open(`ws://127.0.0.1:${gateway.port}/api/ws/$all@blockheight`);
  clients.push(client);
  return client;
};

beforeEach(async () => {
  clock = new VirtualClock();
  source = new SpokenSource();
  clients = [];
  blocks = 0;
  const fanOut = new FanOut();
  const time = {
    now: () => blocks * 400,
    advance: async (count: number) => {
      blocks += count;
    },
    advanceTo: (to: number) => {
      blocks = Math.floor(to / 400);
    },
    pause: () => {},
    run: () => {},
  };
  control = openControl({ gateway: () => gateway, time });
  const app = new Hono().route('/control', controlApp(control));
  gateway = await openGateway({
    ...{ host: '127.0.0.1', port: 0, clock, source, fanOut, limits: DEFAULT_LIMITS },
    random: () => 0.5,
    fetch: app.fetch,
  });
  source.start(fanOut);
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await gateway.close();
  assert.equal(clock.pending, 0);
});

test('each verb does over HTTP what it does in process, and tells what it met', async () => {
  const [first, second] = [await open(), await open()];
  const listed = await fetch(`http://127.0.0.1:${gateway.port}/control/sessions`);
  assert.deepEqual(await listed.json(), { sessions: JSON.parse(JSON.stringify(control.sessions())) });
  assert.deepEqual(await post('stall', { id: 1 }), [200, { sessions: 1 }]);
  source.say({ stream: blockheight, subject: '$all', text: 'one' });
  assert.deepEqual([await second.take(), first.texts], [['one'], []]);
  assert.deepEqual(await post('resume'), [200, { sessions: 2 }]);
  assert.deepEqual(await first.take(), ['one']);
  assert.deepEqual(await post('forget', { id: 2, topic: 'blockheight' }), [200, { subscriptions: 1 }]);
  assert.deepEqual(await post('drop', { id: 1, code: 1_012 }), [200, { sessions: 1 }]);
  assert.equal((await first.closing).code, 1_012);
  assert.deepEqual(await post('halfOpen', { id: 2 }), [200, { sessions: 1 }]);
  assert.deepEqual(await post('reset', { id: 2 }), [200, { sessions: 1 }]);
  assert.equal((await second.closing).code, 1006);
  assert.deepEqual(await post('admit', { mode: 'refuse', status: 502 }), [200, { mode: 'refuse', status: 502 }]);
  await assert.rejects(open(), /502/);
  assert.deepEqual(await post('admit', { mode: 'open' }), [200, { mode: 'open' }]);
  await open();
});

test('time is stepped over HTTP, and each answer tells what time it is then', async () => {
  assert.deepEqual(await post('advance', ''), [200, { now: 400 }]);
  assert.deepEqual(await post('advance', { blocks: 9 }), [200, { now: 4_000 }]);
  assert.deepEqual(await post('at', { time: 8_000 }), [200, { now: 8_000 }]);
  assert.deepEqual(await post('pause'), [200, { now: 8_000 }]);
  assert.deepEqual(await post('run'), [200, { now: 8_000 }]);
});

test('a restart is answered before the port goes, and the port comes back', async () => {
  const client = await open();
  assert.deepEqual(await post('restart', { after: 1_000 }), [200, {}]);
  assert.equal((await client.closing).code, 1006);
  await assert.rejects(post('run'));
  const back = control.restart(); // the one that is under way
  clock.advance(1_000);
  await back;
  assert.deepEqual((await post('run'))[0], 200);
});

test('bad requests do nothing, and say by their code and message what would be good', async () => {
  const client = await open();
  const cases: [string, unknown, number, string][] = [
    ['drop', { sesion: 1 }, 400, 'CONTROL_BAD_ARGUMENT: no field sesion; there is id, address, code'],
    ['drop', { id: '1' }, 400, 'CONTROL_BAD_ARGUMENT: id is a number'],
    ['drop', { code: 1_005 }, 400, 'CONTROL_BAD_ARGUMENT: code 1005 cannot stand in a close frame'],
    ['drop', [], 400, 'CONTROL_BAD_ARGUMENT: the body is a JSON object'],
    ['drop', 'null', 400, 'CONTROL_BAD_ARGUMENT: the body is a JSON object'],
    ['drop', '{', 400, 'CONTROL_BAD_ARGUMENT: the body is not JSON'],
    ['forget', { topic: 7 }, 400, 'CONTROL_BAD_ARGUMENT: topic is a text'],
    ['stall', { ms: -1 }, 400, 'CONTROL_BAD_ARGUMENT: ms is a whole number from 0 to 1209600000, not -1'],
    [
      'restart',
      { after: 1e10 },
      400,
      'CONTROL_BAD_ARGUMENT: after is a whole number from 0 to 1209600000, not 10000000000',
    ],
    ['admit', {}, 400, 'CONTROL_BAD_ARGUMENT: mode is missing'],
    ['admit', { mode: 'no' }, 400, 'CONTROL_BAD_ARGUMENT: mode is open, refuse, reset, hang or delay'],
    ['admit', { mode: 'delay' }, 400, 'CONTROL_BAD_ARGUMENT: ms is missing'],
    [
      'admit',
      { mode: 'refuse', status: 200 },
      400,
      'CONTROL_BAD_ARGUMENT: status is a whole number from 400 to 599, not 200',
    ],
    ['at', {}, 400, 'CONTROL_BAD_ARGUMENT: time is missing'],
    ['pause', { x: 1 }, 400, 'CONTROL_BAD_ARGUMENT: no field x; there is none'],
    [
      'explode',
      {},
      404,
      'CONTROL_UNKNOWN_VERB: there are GET sessions and POST restart, drop, reset, halfOpen, stall, resume, forget, admit, advance, at, pause, run',
    ],
  ];
  for (const [verb, body, status, message] of cases)
    assert.deepEqual(await post(verb, body), [status, { code: message.split(':')[0], message }]);
  assert.equal((await fetch(`http://127.0.0.1:${gateway.port}/control/drop`)).status, 404);
  source.say({ stream: blockheight, subject: '$all', text: 'unharmed' });
  assert.deepEqual(await client.take(), ['unharmed']);
});

test('a web page of another origin cannot call it, by form, by script, or by a name that points here', async () => {
  const client = await open();
  const local = `127.0.0.1:${gateway.port}`;
  const type = { 'Content-Type': 'application/json' };
  const refused: [Record<string, string>, number, string][] = [
    [{ Host: local }, 415, 'CONTROL_NOT_JSON'],
    [{ Host: local, 'Content-Type': 'text/plain' }, 415, 'CONTROL_NOT_JSON'],
    [{ Host: local, 'Content-Type': 'application/x-www-form-urlencoded' }, 415, 'CONTROL_NOT_JSON'],
    [{ Host: local, 'Content-Type': 'application/jsonx' }, 415, 'CONTROL_NOT_JSON'],
    [{ ...type, Host: 'evil.example' }, 403, 'CONTROL_NOT_LOCAL'],
    [{ ...type, Host: '127.0.0.1.evil.example' }, 403, 'CONTROL_NOT_LOCAL'],
    [{ ...type, Host: 'localhost.evil.example:80' }, 403, 'CONTROL_NOT_LOCAL'],
    [{ ...type, Host: local, Origin: 'https://evil.example' }, 403, 'CONTROL_NOT_LOCAL'],
    [{ ...type, Host: local, Origin: 'null' }, 403, 'CONTROL_NOT_LOCAL'],
  ];
  for (const [headers, status, code] of refused) {
    const [found, body] = await ask('POST', '/control/drop', headers);
    assert.deepEqual([found, body.code], [status, code], JSON.stringify(headers));
  }
  assert.equal((await ask('GET', '/control/sessions', { Host: 'evil.example' }))[0], 403);
  // What a browser asks first is answered without leave.
  const [, asked] = await ask('OPTIONS', '/control/drop', { Host: local });
  assert.equal(asked.code, 'CONTROL_UNKNOWN_VERB');
  await client.sync();
  for (const host of [local, 'localhost', 'LOCALHOST:27100', '[::1]:27100', '127.8.9.10'])
    assert.equal(
      (await ask('POST', '/control/resume', { ...type, Host: host, Origin: 'http://localhost:3000' }))[0],
      200,
    );
});

test('another machine is refused whatever it says of itself, unless a name for it was given', async () => {
  const call = async (app: ReturnType<typeof controlApp>, host: string, remote: string): Promise<number> => {
    const init = { method: 'POST', headers: { 'Content-Type': 'application/json', host } };
    return (await app.request('/resume', init, { remote })).status;
  };
  assert.equal(await call(controlApp(control), '127.0.0.1', '10.0.0.7'), 403);
  assert.equal(await call(controlApp(control), '127.0.0.1', '::ffff:127.0.0.1'), 200);
  const named = controlApp(control, { hosts: ['dex'] });
  assert.equal(await call(named, 'dex:27100', '10.0.0.7'), 200);
  assert.equal(await call(named, 'evil.example', '10.0.0.7'), 403);
});

test('no body makes it fail in any other way than by telling what is wrong', async () => {
  const field = fc.constantFrom('id', 'address', 'code', 'ms', 'topic', 'subject', 'mode', 'status', 'blocks', 'time');
  const verb = fc.constantFrom(
    'stall',
    'resume',
    'forget',
    'admit',
    'advance',
    'at',
    'pause',
    'run',
    'drop',
    '__proto__',
  );
  const app = controlApp(control);
  await fc.assert(
    fc.asyncProperty(verb, fc.oneof(fc.dictionary(field, fc.jsonValue()), fc.jsonValue()), async (name, body) => {
      const headers = { 'Content-Type': 'application/json', host: 'localhost' };
      const answer = await app.request(`/${name}`, { method: 'POST', headers, body: JSON.stringify(body) });
      const said = (await answer.json()) as { code?: string; message?: string };
      if (answer.status !== 200) assert.match(`${said.code}: `, /^CONTROL_(BAD_ARGUMENT|UNKNOWN_VERB): /);
      else assert.equal(said.code, undefined);
    }),
    { numRuns: 300 },
  );
});
