/**
 * DuckDB, by `@duckdb/node-api` as npm has it. It lives in a `node_modules` of its own, apart from the workspace, so the compiler
 * is told here what there is of it.
 * In: SQL. Out: rows, each number as text with all its digits.
 */
const NAME = '@duckdb/node-api';

export type Row = Readonly<Record<string, unknown>>;

interface Connection {
  runAndReadAll(sql: string): Promise<{ getRowObjectsJson(): Row[] }>;
  closeSync(): void;
}

interface Api {
  readonly DuckDBInstance: { create(): Promise<{ connect(): Promise<Connection> }> };
}

export interface Duck {
  rows(sql: string): Promise<Row[]>;
  close(): void;
}

export const openDuck = async (): Promise<Duck> => {
  const { DuckDBInstance }: Api = await import(NAME);
  const connection = await (await DuckDBInstance.create()).connect();
  return {
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson(),
    close: () => connection.closeSync(),
  };
};
