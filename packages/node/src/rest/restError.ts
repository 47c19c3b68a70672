/**
 * A request that is answered with an error.
 * In: what is wrong. Out: an error that says so, with the status of the reply.
 */

/** The statuses that are given. */
type RestStatus = 400 | 401 | 403 | 404 | 405 | 413 | 415 | 500;

/** The body of every error: what the venue's clients read (spec §10). */
interface RestFault {
  /** The chain's code for a refused transaction, otherwise the status. */
  readonly code: number;
  readonly message: string;
  /** Where the chain's text leaves open what is wrong. */
  readonly detail?: string;
}

export class RestError extends Error {
  override readonly name = 'RestError';
  readonly status: RestStatus;
  readonly code: number;
  readonly detail: string | undefined;

  /** @param code - The status, unless the chain has a code of its own. */
  constructor(status: RestStatus, message: string, code: number = status, detail?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.detail = detail;
  }

  get fault(): RestFault {
    const { code, message, detail } = this;
    return { code, message, ...(detail === undefined ? {} : { detail }) };
  }
}

/** Text of the client's as an error shows it: so much of it, in quotes. */
export const quoted = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
