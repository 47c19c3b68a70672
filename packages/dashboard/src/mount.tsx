/**
 * Puts the page into its document, and its place into the URL.
 * In: a world. Out: a page that begins anew if the node could not be reached in the first place.
 */
import { render } from 'preact';
import { type Place, readPlace, writePlace } from './place.ts';
import { openStore, type Store } from './store.ts';
import { applyTheme, readTheme } from './theme.ts';
import { App } from './views/app.tsx';
import type { World } from './world.ts';

/** Before a page that has found no node looks for it again. */
const AGAIN_MS = 3000;

export const mount = (world: World, root: HTMLElement): void => {
  applyTheme(readTheme());
  root.replaceChildren();
  let store: Store;
  let generation = 0;
  const open = (place: Place): void => {
    generation++;
    store = openStore(world, place, {
      onPlace: (next, isChosen) => {
        const query = writePlace(next);
        if (query === location.search) return;
        try {
          if (isChosen) history.pushState(undefined, '', query);
          else history.replaceState(undefined, '', query);
        } catch {
          // A page that was opened as a file may not have another URL than its own.
        }
      },
      onFailed: () => {
        setTimeout(() => {
          void store.close();
          open(store.place.value);
        }, AGAIN_MS);
      },
    });
    render(<App key={generation} store={store} />, root);
  };
  open(readPlace(location.search));
  addEventListener('popstate', () => store.go(readPlace(location.search), false));
};
