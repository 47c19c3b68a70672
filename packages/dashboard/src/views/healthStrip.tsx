/**
 * The health strip: what is stale since when, what was missed and what became of it, and how late things come.
 * In: the health, the chain. Out: one line that stays in sight, and behind it every stream, gap and lag.
 */
import type { TopicLag } from 'dexwire';
import { useState } from 'preact/hooks';
import { duration, timeOfDay } from '../figures.ts';
import type { GapRecord, Health, LinkHealth } from '../health.ts';
import type { Store } from '../store.ts';
import { freshText } from './fresh.tsx';
import { useSlice } from './useSlice.ts';

const linkText = (link: LinkHealth, now: number): string => {
  switch (link.name) {
    case 'connecting':
      return 'Connecting';
    case 'open':
      return 'Connected';
    case 'lost':
      return `Socket lost at ${timeOfDay(link.since)}, ${
        link.until === undefined ? 'dialing' : `attempt ${link.attempt} in ${duration(link.until - now)}`
      }`;
  }
};

/** What is wrong, in one sentence; empty: nothing is. */
const staleText = (health: Health): string => {
  const { stale, link } = health;
  if (link.name === 'lost') return `Everything is stale since ${timeOfDay(link.since)}: ${link.why}`;
  if (stale.length === 0) return '';
  return stale
    .slice(0, 3)
    .map(({ label, freshness }) => `${label} ${freshText(freshness)}`)
    .join('; ')
    .concat(stale.length > 3 ? `; and ${stale.length - 3} more` : '');
};

const LOST = { none: 'nothing lost', unknown: 'nobody can tell what was lost', some: 'some lost' } as const;
const WORST = ['none', 'unknown', 'some'] as const;

/** Gaps of several streams that began together: one thing that happened. */
const TOGETHER_MS = 1500;

const groupsOf = (gaps: readonly GapRecord[]): GapRecord[][] => {
  const groups: GapRecord[][] = [];
  for (const gap of gaps) {
    const group = groups.at(-1);
    if (group?.[0] && Math.abs(group[0].at - gap.at) < TOGETHER_MS) group.push(gap);
    else groups.push([gap]);
  }
  return groups;
};

const GapGroup = ({ gaps }: { readonly gaps: readonly GapRecord[] }) => {
  const at = Math.min(...gaps.map((gap) => gap.at));
  const open = gaps.filter(({ closedAt }) => closedAt === undefined);
  const causes = [...new Set(gaps.map(({ cause }) => cause))].join(', ');
  const from = Math.min(...gaps.map((gap) => gap.from ?? Number.POSITIVE_INFINITY));
  const to = Math.max(...gaps.map((gap) => gap.to ?? 0));
  const fetched = gaps.reduce((sum, { repaired }) => sum + repaired, 0);
  const worst = WORST.findLast((lost) => gaps.some((gap) => gap.lost === lost)) ?? 'none';
  const end = Math.max(...gaps.map(({ closedAt }) => closedAt ?? 0));
  return (
    <li data-lost={open.length > 0 ? 'open' : worst}>
      <b>
        {timeOfDay(at)} {causes}
      </b>
      {Number.isFinite(from) && `, blocks ${from} to ${to === 0 ? '…' : to}`}
      {open.length > 0
        ? `: ${open.length} still open`
        : `, ended after ${duration(end - at)}: ${fetched} fetched, ${LOST[worst]}`}
      <span class="dim">. {gaps.map(({ label }) => label).join(', ')}</span>
    </li>
  );
};

const milliseconds = (value: number): string => `${Math.round(value)} ms`;

/** The slowest of all topics. */
const worstLag = (lags: readonly TopicLag[]): TopicLag | undefined =>
  lags.reduce<TopicLag | undefined>((worst, one) => (worst && worst.p99 >= one.p99 ? worst : one), undefined);

const Details = ({ health }: { readonly health: Health }) => {
  const { now, gaps, lags, reports } = health;
  return (
    <div class="health-details" id="health-details">
      <table>
        <caption>Streams</caption>
        <thead>
          <tr>
            <th scope="col">Stream</th>
            <th scope="col">How it is</th>
            <th scope="col">Last news</th>
          </tr>
        </thead>
        <tbody>
          {health.streams.map(({ label, freshness, lastAt }) => (
            <tr key={label} data-stream={label}>
              <th scope="row">{label}</th>
              <td>
                <span class="fresh" data-fresh={freshness.name}>
                  {freshText(freshness)}
                </span>
              </td>
              <td class="num dim">{lastAt === undefined ? '–' : `${duration(now - lastAt)} ago`}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table>
        <caption>Lag, later than at best</caption>
        <thead>
          <tr>
            <th scope="col">Topic</th>
            <th scope="col">Half of them</th>
            <th scope="col">99 of 100</th>
            <th scope="col">Most</th>
          </tr>
        </thead>
        <tbody>
          {lags.map(({ topic, p50, p99, max }) => (
            <tr key={topic}>
              <th scope="row">{topic}</th>
              <td class="num">{milliseconds(p50)}</td>
              <td class="num">{milliseconds(p99)}</td>
              <td class="num">{milliseconds(max)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div>
        <h3>Gaps</h3>
        {gaps.length === 0 && <p class="dim">None: nothing was missed since the page was opened.</p>}
        <ol class="gaps">
          {groupsOf(gaps).map((group) => (
            <GapGroup key={group[0]?.id} gaps={group} />
          ))}
        </ol>
        {reports.length > 0 && (
          <>
            <h3>Reports</h3>
            <ol class="gaps">
              {reports.slice(0, 6).map(({ at, text }) => (
                <li key={`${at} ${text}`}>
                  {timeOfDay(at)} {text}
                </li>
              ))}
            </ol>
          </>
        )}
      </div>
    </div>
  );
};

export const HealthStrip = ({ store }: { readonly store: Store }) => {
  const health = useSlice(store.health.slice);
  const { height, at } = useSlice(store.chain);
  const [isOpen, setOpen] = useState(false);
  const { now, link, gapCount, openGaps, repaired, lost, uncertain, losses } = health;
  const problem = staleText(health);
  const lag = worstLag(health.lags);
  const state = link.name === 'lost' ? 'stale' : problem !== '' ? 'mending' : link.name === 'open' ? 'live' : 'waiting';
  return (
    <section class="health" data-fresh={state} aria-labelledby="health-title">
      <h2 class="hidden" id="health-title">
        Connection health
      </h2>
      <p class="health-line">
        <span class="fresh" data-fresh={state} data-testid="link">
          {linkText(link, now)}
        </span>
        <span class="dim">{store.world.name}</span>
        <span data-testid="pulse">
          {height === undefined ? 'no block yet' : `block ${height}, ${duration(now - at)} ago`}
        </span>
        {/* The one live region of the page that speaks by itself: of what goes wrong, and that it is right again. */}
        <span class="health-problem" role="status" data-testid="problem" title={problem}>
          {problem === '' && link.name === 'open' ? 'All live' : problem}
        </span>
        <span data-testid="gaps">
          {gapCount === 0
            ? 'no gap'
            : `${gapCount} ${gapCount === 1 ? 'gap' : 'gaps'}, ${openGaps === 0 ? 'all closed' : `${openGaps} open`}: ${repaired} fetched, ${
                lost > 0 ? `${lost} with losses` : uncertain > 0 ? `${uncertain} uncertain` : 'nothing lost'
              }`}
        </span>
        {losses > 0 && <span class="dim">{losses === 1 ? '1 socket lost' : `${losses} sockets lost`}</span>}
        <span data-testid="lag">
          {lag ? `lag ${milliseconds(lag.p50)}, 99 of 100 ${milliseconds(lag.p99)}` : 'lag –'}
        </span>
        <button
          type="button"
          class="small"
          id="health-more"
          aria-expanded={isOpen}
          aria-controls="health-details"
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? 'Less' : 'Streams, gaps, lag'}
        </button>
      </p>
      {isOpen && <Details health={health} />}
    </section>
  );
};
