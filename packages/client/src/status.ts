/**
 * How a connection is: what it tells as it changes, and what can be read of it at any time.
 * In: a path. Out: the types of both, and what a plan says of the path.
 */
import type { Height } from '@dexwire/protocol';
import type { ConnectionState } from './connectionState.ts';
import type { Ask, Path } from './path.ts';

/** The state of one path, or of a `Dex` that has none. */
export type PathStatus = ConnectionState & {
  /** Of the last socket dialled. */
  readonly url?: string | undefined;
  /** Of the link that carries personal streams. */
  readonly address?: string | undefined;
};

/** A stream, or a whole socket, has fallen silent, or is heard again. */
export interface StreamStatus {
  readonly name: 'stale' | 'live';
  /** The stream name; undefined: all of the socket. */
  readonly stream?: string | undefined;
  readonly url?: string | undefined;
}

export type Status = PathStatus | StreamStatus;

/** How one socket after another does for a link. */
export interface PathPlan {
  readonly url: string | undefined;
  readonly state: ConnectionState['name'];
  /** What it brings counts; else it waits, for a block or for what others have brought, or to take the place of another one. */
  readonly isServing: boolean;
  readonly height: Height | undefined;
  /** Frames that it brought first, and that another path had brought before. */
  readonly first: number;
  readonly repeated: number;
  /** Of the repeated ones: how much later they came, mean, milliseconds. */
  readonly behind: number | undefined;
}

/** What is asked for together. */
export interface LinkPlan {
  readonly ask: Ask;
  readonly address: string | undefined;
  readonly streams: readonly string[];
  readonly paths: readonly PathPlan[];
}

export const planOf = ({ url, state, height, standing: { isServing, first, repeated, behind } }: Path): PathPlan => ({
  url,
  state: state.name,
  isServing,
  height,
  first,
  repeated,
  behind: repeated ? behind / repeated : undefined,
});
