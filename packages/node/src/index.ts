/**
 * The node: a gateway that speaks the streaming API of the Binance DEX on this machine. The only door of this package.
 */
export { type Clock, systemClock } from './clock.ts';
export { NodeError, type NodeFault } from './errors.ts';
export { DEFAULT_LIMITS, type GatewayLimits } from './gateway/limits.ts';
export { type Account, type Frame, frame, type Place, type Sink, type Source, type Turn } from './gateway/source.ts';
export { DEFAULT_PORT, type Node, type NodeOptions, startNode } from './node.ts';
