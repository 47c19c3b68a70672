/**
 * Why a control did not do what it was asked for.
 * In: what went wrong. Out: an `Error` whose `code` programs switch on, and the HTTP status that it has.
 */
import { DexError } from '@dexwire/protocol';

const STATUS = {
  /** A field is missing, unknown, or has a value that cannot be. */
  CONTROL_BAD_ARGUMENT: 400,
  /** The request comes from a page or a name that is not of this machine. */
  CONTROL_NOT_LOCAL: 403,
  CONTROL_UNKNOWN_VERB: 404,
  /** Time goes by itself here. */
  CONTROL_TIME_NOT_STEPPED: 409,
  /** The body is not `application/json`. */
  CONTROL_NOT_JSON: 415,
  /** The gateway is not open yet. */
  CONTROL_NOT_READY: 503,
} as const;

export type ControlFault = keyof typeof STATUS;

/** Nothing of what was asked for has been done. */
export class ControlError extends DexError {
  override readonly name = 'ControlError';
  readonly code: ControlFault;

  constructor(code: ControlFault, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }

  get status(): (typeof STATUS)[ControlFault] {
    return STATUS[this.code];
  }
}
