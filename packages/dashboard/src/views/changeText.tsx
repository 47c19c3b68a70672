/**
 * A change in percent: its sign and an arrow say which way, whatever colours one can tell apart.
 * In: a change. Out: a figure.
 */
import type { Change } from '../figures.ts';

const ARROWS = { up: '▲', down: '▼', flat: '' } as const;

export const ChangeText = ({ change }: { readonly change: Change | undefined }) => (
  <span class="num change" data-direction={change?.direction ?? 'flat'}>
    {change ? (
      <>
        <span aria-hidden="true" class="arrow">
          {ARROWS[change.direction]}
        </span>
        {change.text}
      </>
    ) : (
      '–'
    )}
  </span>
);
