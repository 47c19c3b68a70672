/**
 * What became of a transaction: accepted, or refused with the chain's own code and text.
 * In: nothing. Out: the result's type, and the codes that the checks give (spec of the original: code space and code).
 */

/** Code spaces of the original chain. */
export const ROOT = 1;
export const DEX = 6;

export interface Accepted {
  readonly ok: true;
  readonly code: 0;
  /** `Msg 0: ` and what the handler says. */
  readonly log: string;
  /** JSON text for an order (`{"order_id":"..."}`) and for an issued token, digits for a mint, else absent. */
  readonly data?: string;
}

/** An order that got in. Its data is written when somebody asks for it. */
export class OrderAccepted implements Accepted {
  readonly ok = true;
  readonly code = 0;
  readonly log = 'Msg 0: ';
  readonly #id: string;

  constructor(id: string) {
    this.#id = id;
  }

  get data(): string {
    return JSON.stringify({ order_id: this.#id });
  }

  toJSON(): Accepted {
    const { ok, code, log, data } = this;
    return { ok, code, log, data };
  }
}

/** Nothing of the state was changed: no fee, no sequence. */
export interface Refused {
  readonly ok: false;
  readonly codespace: number;
  /** Within the code space: 401, or 3 in the root space. */
  readonly reason: number;
  /** `codespace * 65536 + reason`: 393617, or 65539. */
  readonly code: number;
  /** The chain's own text, without a wrapper. */
  readonly message: string;
  /** What to look at, where the chain's own text does not tell; ours. */
  readonly detail?: string;
}

export type Result = Accepted | Refused;

export const refused = (codespace: number, reason: number, message: string): Refused => ({
  ok: false,
  codespace,
  reason,
  code: codespace * 65_536 + reason,
  message,
});

/** The log of a refused transaction as the chain writes it: JSON with `codespace`, `code`, `abci_code`, `message`. */
export const refusedLog = ({ codespace, reason, code, message }: Refused): string =>
  JSON.stringify({ codespace, code: reason, abci_code: code, message });
