/**
 * The page that a node serves.
 * In: where it came from. Out: the page, on that node.
 */
import { mount } from './mount.tsx';
import { servedWorld } from './world.ts';

const root = document.getElementById('root');
if (root) mount(servedWorld(location), root);
