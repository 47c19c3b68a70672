/**
 * A whole terminal to draw on, which is as it was when it ends.
 * In: all lines, each time. Out: to the terminal go only those that have changed.
 */
import {
  clearViewport,
  cursorHide,
  cursorShow,
  cursorTo,
  enterAlternativeScreen,
  eraseEndLine,
  exitAlternativeScreen,
} from 'ansi-escapes';

/** What a screen needs of a terminal's stream. */
export interface Terminal {
  write(text: string): unknown;
  readonly columns?: number;
  readonly rows?: number;
}

export class Screen {
  readonly #terminal: Terminal;
  /** What stands there. */
  #lines: readonly string[] = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    terminal.write(enterAlternativeScreen + cursorHide + clearViewport);
  }

  get size(): { readonly columns: number; readonly rows: number } {
    return { columns: this.#terminal.columns || 80, rows: this.#terminal.rows || 24 };
  }

  /** @param lines - No wider than the terminal; those beyond its height are left out. */
  draw(lines: readonly string[]): void {
    const shown = lines.slice(0, this.size.rows);
    let text = '';
    for (let row = 0; row < Math.max(shown.length, this.#lines.length); row++) {
      const line = shown[row] ?? '';
      if (line !== (this.#lines[row] ?? '')) text += `${cursorTo(0, row)}${line}${eraseEndLine}`;
    }
    this.#lines = shown;
    if (text !== '') this.#terminal.write(text);
  }

  /** Nothing that was drawn stands there any more: the terminal has another size. */
  forget(): void {
    this.#lines = [];
    this.#terminal.write(clearViewport);
  }

  close(): void {
    this.#terminal.write(cursorShow + exitAlternativeScreen);
  }
}
