// What a user's program watches with, with the packed packages, in whatever runtime runs it; `@opentelemetry/api` is not there.
// In: nothing. Out: one line of JSON, what came of one figure, one line and one frame.
import { subscribe } from 'node:diagnostics_channel';
import { checkFrames, lagHistogram, redactAddresses, standardSchema, teeMetrics, trades } from 'dexwire';
import { channelLog, channelMetrics } from 'dexwire/diagnostics';
import { otelMetrics } from 'dexwire/otel';

const heard = [];
for (const name of ['dexwire:measure', 'dexwire:log']) subscribe(name, (message) => heard.push(message));

const recorded = [];
const meter = { createHistogram: (name) => ({ record: (value) => recorded.push([name, value]) }) };
const lags = lagHistogram();
teeMetrics(channelMetrics(), otelMetrics(meter), lags).measure('lag', 15, { topic: 'trades' });

const address = 'tbnb1r4gc5ftrkr9ez2khph4h5xxd0mf0hd75jf06gw';
redactAddresses(channelLog())({ level: 'info', event: 'dial', data: { address } });

const check = checkFrames('sample');
check(trades, '{"stream":"trades","data":[],"id":1}');
const { value } = standardSchema(trades)['~standard'].validate('{"stream":"trades","data":[]}');

console.log(JSON.stringify({ heard, recorded, count: lags.lags[0].count, drift: check.drift.length, value }));
