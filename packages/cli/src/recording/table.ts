/**
 * One file of Parquet that grows by rows.
 * In: columns, rows. Out: the file, in groups of rows that readers may skip.
 */
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { VERSION } from '../version.ts';
import { type Column, published } from './columns.ts';

/** Rows that wait for their group. Books are large, so values count as well. */
const GROUP_ROWS = 50_000;
const GROUP_VALUES = 500_000;

export class Table {
  readonly path: string;
  rows = 0;
  readonly #columns: readonly Column[];
  readonly #writer: ParquetWriter;
  #data: unknown[][];
  #values = 0;

  constructor(path: string, columns: readonly Column[]) {
    this.path = path;
    this.#columns = columns;
    this.#data = columns.map(() => []);
    const root = { name: 'event', num_children: columns.length };
    const schema = [root, ...columns.flatMap((column) => column.schema)];
    this.#writer = new ParquetWriter({ writer: fileWriter(path), schema, createdBy: `dexwire ${VERSION}` });
  }

  /** @param values - One for each column, as its `of` made it. */
  add(values: readonly unknown[]): void {
    for (const [place, value] of values.entries()) {
      this.#data[place]!.push(value);
      this.#values += Array.isArray(value) ? value.length : 1;
    }
    this.rows += 1;
    if (this.#data[0]!.length >= GROUP_ROWS || this.#values >= GROUP_VALUES) this.flush();
  }

  /** How many values wait for their group. */
  get waiting(): number {
    return this.#values;
  }

  close(): void {
    this.flush();
    this.#writer.schema = published(this.#writer.schema);
    void this.#writer.finish(); // a file is written at once
  }

  /** Writes what waits as a group. */
  flush(): void {
    const rows = this.#data[0]?.length ?? 0;
    if (rows === 0) return;
    const columnData = this.#columns.map(({ name, hasStatistics }, place) => ({
      name,
      data: this.#data[place]!,
      statistics: hasStatistics,
    }));
    void this.#writer.write({ columnData, rowGroupSize: rows });
    this.#data = this.#columns.map(() => []);
    this.#values = 0;
  }
}
