/**
 * Tabs: one of several contents at a time.
 * In: names and contents. Out: a list of tabs that arrows move in, and the panel of the chosen one.
 */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

export interface Tab {
  readonly id: string;
  readonly label: string;
  readonly content: ComponentChildren;
}

export const Tabs = ({ name, tabs }: { readonly name: string; readonly tabs: readonly Tab[] }) => {
  const [chosen, choose] = useState(tabs[0]?.id);
  const at = Math.max(
    tabs.findIndex(({ id }) => id === chosen),
    0,
  );
  const idOf = (tab: Tab | undefined): string => `${name.toLowerCase()}-${tab?.id}`;
  const onKeys = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (step === 0 || !next) return;
    choose(next.id);
    document.getElementById(`${idOf(next)}-tab`)?.focus();
    event.preventDefault();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={name} onKeyDown={onKeys} tabIndex={-1}>
        {tabs.map((tab, place) => (
          <button
            key={tab.id}
            id={`${idOf(tab)}-tab`}
            type="button"
            role="tab"
            aria-selected={place === at}
            aria-controls={`${name.toLowerCase()}-panel`}
            tabIndex={place === at ? 0 : -1}
            onClick={() => choose(tab.id)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      <div
        class="scroll"
        id={`${name.toLowerCase()}-panel`}
        role="tabpanel"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to scroll by keyboard too
        tabIndex={0}
        aria-labelledby={`${idOf(tabs[at])}-tab`}
      >
        {tabs[at]?.content}
      </div>
    </>
  );
};
