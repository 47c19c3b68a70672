/**
 * The node: a local DEX that speaks the streaming API of the Binance DEX on this machine, and the recordings of the one that
 * was. The only door of this package besides `/core`, which is the same without sockets, and `/testing`.
 */

export type { DevKey } from './chain/devKeys.ts';
export type { Genesis } from './chain/genesis.ts';
export type { Result } from './chain/result.ts';
export { type Clock, systemClock } from './clock.ts';
export type { Control, Selector, TimeControl } from './control/control.ts';
export { ControlError, type ControlFault } from './control/controlError.ts';
export { GenesisError, NodeError, type NodeFault, ScenarioError } from './errors.ts';
export type { Certificate } from './gateway/certificate.ts';
export type { Admission, SessionState } from './gateway/faults.ts';
export { DEFAULT_LIMITS, type GatewayLimits } from './gateway/limits.ts';
export { type Account, type Frame, frame, type Place, type Sink, type Source, type Turn } from './gateway/source.ts';
export { type Node, type NodeOptions, startNode } from './node.ts';
export { Copies } from './playback/copies.ts';
export {
  type RecordedSocket,
  type RecordedSockets,
  type RecordedSocketsOptions,
  recordedSockets,
} from './playback/recordedSockets.ts';
export type { PlayOptions, PlayState, PlayStatus, Speed } from './playback/recordedSource.ts';
export { type RecordingsOptions, startRecordings } from './playback/startRecordings.ts';
export { type Replay, type ReplayOptions, startReplay } from './playback/startReplay.ts';
export { factsOf } from './recording/facts.ts';
export type { Happening, Line, Microseconds } from './recording/line.ts';
export { openRecording, type Placed, type RecordedPlace, type Recording } from './recording/recording.ts';
export {
  type RecordingOptions,
  type RecordingStats,
  RecordingWriter,
  type Rotation,
} from './recording/recordingWriter.ts';
export { DEFAULT_PORT, type Served, type ServeOptions, serveSource } from './serve.ts';
