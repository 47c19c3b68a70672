/**
 * The control over HTTP: `POST /control/<verb>` with a JSON body, `GET /control/sessions`.
 * In: requests of programs on this machine. Out: what the verb did, or why it did nothing, as JSON.
 *
 * A web page must not be able to call it: only `application/json` is taken, which browsers do not send to other origins
 * without asking first; the host and the origin have to be this machine, so that no name can be made to point here.
 */
import { type Context, Hono } from 'hono';
import type { Admission } from '../gateway/faults.ts';
import type { Remote } from '../gateway/httpMount.ts';
import { strangerOf } from '../localCaller.ts';
import type { Control, Selector } from './control.ts';
import { ControlError } from './controlError.ts';

export interface ControlAppOptions {
  /**
   * Names of this machine besides `localhost`, 127.0.0.0/8 and `[::1]`, such as that of a container. With any of them,
   * clients on other machines may call too.
   */
  readonly hosts?: readonly string[];
  /** A restart that was asked for has failed, when its asker has long had an answer. */
  readonly onError?: (error: unknown) => void;
}

/** The gateway tells who asks; an app that is called in process is told nothing. */
export interface ControlEnv {
  Bindings: Partial<Remote>;
}

type Body = Readonly<Record<string, unknown>>;

const bad = (message: string): ControlError => new ControlError('CONTROL_BAD_ARGUMENT', message);

const numberOf = (body: Body, name: string): number | undefined => {
  const value = body[name];
  if (value === undefined || typeof value === 'number') return value;
  throw bad(`${name} is a number`);
};

const textOf = (body: Body, name: string): string | undefined => {
  const value = body[name];
  if (value === undefined || typeof value === 'string') return value;
  throw bad(`${name} is a text`);
};

const needed = <Value>(value: Value | undefined, name: string): Value => {
  if (value === undefined) throw bad(`${name} is missing`);
  return value;
};

const selectorOf = (body: Body): Selector => {
  const [id, address] = [numberOf(body, 'id'), textOf(body, 'address')];
  return { ...(id !== undefined && { id }), ...(address !== undefined && { address }) };
};

const admissionOf = (body: Body): Admission => {
  const mode = needed(textOf(body, 'mode'), 'mode');
  const status = numberOf(body, 'status');
  switch (mode) {
    case 'open':
    case 'reset':
    case 'hang':
      return { mode };
    case 'refuse':
      return status === undefined ? { mode } : { mode, status };
    case 'delay':
      return { mode, ms: needed(numberOf(body, 'ms'), 'ms') };
    default:
      throw bad('mode is open, refuse, reset, hang or delay');
  }
};

interface Verb {
  /** Fields that its body may have. A misspelt selector would otherwise mean everybody. */
  readonly fields: readonly string[];
  readonly run: (control: Control, body: Body) => object | Promise<object>;
}

const SELECTOR = ['id', 'address'];

const onSessions = (run: (control: Control, selector: Selector, body: Body) => number, ...fields: string[]): Verb => ({
  fields: [...SELECTOR, ...fields],
  run: (control, body) => ({ sessions: run(control, selectorOf(body), body) }),
});

const onTime = (run: (control: Control, body: Body) => void | Promise<void>, ...fields: string[]): Verb => ({
  fields,
  run: async (control, body) => {
    await run(control, body);
    return { now: control.now() };
  },
});

const VERBS: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['drop', onSessions((control, selector, body) => control.drop(selector, numberOf(body, 'code')), 'code')],
  ['reset', onSessions((control, selector) => control.reset(selector))],
  ['halfOpen', onSessions((control, selector) => control.halfOpen(selector))],
  ['stall', onSessions((control, selector, body) => control.stall(selector, numberOf(body, 'ms')), 'ms')],
  ['resume', onSessions((control, selector) => control.resume(selector))],
  [
    'forget',
    {
      fields: [...SELECTOR, 'topic', 'subject'],
      run: (control, body) => ({
        subscriptions: control.forget(selectorOf(body), textOf(body, 'topic'), textOf(body, 'subject')),
      }),
    },
  ],
  [
    'admit',
    {
      fields: ['mode', 'status', 'ms'],
      run: (control, body) => {
        const admission = admissionOf(body);
        control.admit(admission);
        return admission;
      },
    },
  ],
  ['advance', onTime((control, body) => control.advance(numberOf(body, 'blocks')), 'blocks')],
  ['at', onTime((control, body) => control.at(needed(numberOf(body, 'time'), 'time')), 'time')],
  ['pause', onTime((control) => control.pause())],
  ['run', onTime((control) => control.run())],
]);

const readBody = async (context: Context, verb: Verb): Promise<Body> => {
  const text = await context.req.text();
  let body: unknown;
  try {
    body = text === '' ? {} : JSON.parse(text);
  } catch (cause) {
    throw new ControlError('CONTROL_BAD_ARGUMENT', 'the body is not JSON', { cause });
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw bad('the body is a JSON object');
  for (const name of Object.keys(body))
    if (!verb.fields.includes(name))
      throw bad(`no field ${name.slice(0, 40)}; there is ${verb.fields.join(', ') || 'none'}`);
  return { ...body };
};

/** @returns An app to be mounted under `/control`. */
export const controlApp = (
  control: Control,
  { hosts = [], onError = () => {} }: ControlAppOptions = {},
): Hono<ControlEnv> => {
  const app = new Hono<ControlEnv>();
  app.onError((error, context) => {
    if (!(error instanceof ControlError)) throw error;
    return context.json({ code: error.code, message: error.message }, error.status);
  });
  app.use(async (context, next) => {
    const stranger = strangerOf(context, hosts);
    if (stranger !== undefined)
      throw new ControlError(
        'CONTROL_NOT_LOCAL',
        `${stranger} is not let in; only programs on this machine, call it by 127.0.0.1`,
      );
    await next();
  });
  app.get('/sessions', (context) => context.json({ sessions: control.sessions() }));
  app.post('/:verb', async (context) => {
    const type = context.req.header('content-type') ?? '';
    if (!/^application\/json *(;|$)/i.test(type))
      throw new ControlError('CONTROL_NOT_JSON', 'send Content-Type: application/json');
    const name = context.req.param('verb');
    if (name === 'restart') {
      // The answer goes out before the port goes: requests that are being answered are waited for.
      const body = await readBody(context, { fields: ['after'], run: () => ({}) });
      control.restart(numberOf(body, 'after')).catch(onError);
      return context.json({});
    }
    const verb = VERBS.get(name);
    if (verb === undefined) throw unknownVerb();
    return context.json(await verb.run(control, await readBody(context, verb)));
  });
  app.all('*', () => {
    throw unknownVerb();
  });
  return app;
};

const unknownVerb = (): ControlError =>
  new ControlError('CONTROL_UNKNOWN_VERB', `there are GET sessions and POST restart, ${[...VERBS.keys()].join(', ')}`);
