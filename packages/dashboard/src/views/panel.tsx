/**
 * A panel: a region with a name, a head, and what it shows.
 * In: title, streams, content. Out: a section that people can jump to.
 */
import type { ComponentChildren } from 'preact';
import type { Health } from '../health.ts';
import { Fresh } from './fresh.tsx';

export interface PanelProps {
  readonly id: string;
  readonly title: string;
  readonly health: Health;
  /** What it shows: keys of the health. */
  readonly keys?: readonly string[];
  /** Beside the title. */
  readonly tools?: ComponentChildren;
  readonly children: ComponentChildren;
}

export const Panel = ({ id, title, health, keys = [], tools, children }: PanelProps) => (
  <section class={`panel ${id}`} id={id} aria-labelledby={`${id}-title`} tabIndex={-1}>
    <header class="panel-head">
      <h2 id={`${id}-title`}>{title}</h2>
      {tools}
      {keys.length > 0 && <Fresh health={health} keys={keys} />}
    </header>
    {children}
  </section>
);
