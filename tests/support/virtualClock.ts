export { settled, VirtualClock } from '../../packages/node/src/virtualClock.ts';
