/**
 * A page beside the gateway: the files of one folder, at `/dashboard/`.
 * In: a folder. Out: a hono app, to be mounted at the root. What is not in the folder when the node starts is not there.
 *
 * The files are read once, so a request never names a file of this machine. The page may trade and break sockets, so no
 * other page may frame it, and it may load and call nothing but this node.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Hono } from 'hono';
import { NodeError } from '../errors.ts';

export const PAGE_PATH = '/dashboard';

const FIRST = 'index.html';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json; charset=utf-8',
};

const HEADERS = {
  // Chart and bars are placed by styles of their own elements.
  'Content-Security-Policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; " +
    "form-action 'self'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-cache',
};

interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** By their path below the folder, with slashes. @throws NodeError `OPTIONS_INVALID` unless there is a page. */
const readFolder = (folder: string): Map<string, PageFile> => {
  const files = new Map<string, PageFile>();
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const type = TYPES[extname(entry.name)];
      if (type !== undefined)
        files.set(entry.name, { type, bytes: new Uint8Array(readFileSync(join(folder, entry.name))) });
    }
  } catch (cause) {
    throw new NodeError('OPTIONS_INVALID', `dashboard: ${folder} cannot be read`, { cause });
  }
  if (files.has(FIRST)) return files;
  throw new NodeError('OPTIONS_INVALID', `dashboard: ${folder} has no ${FIRST}; build the page first`);
};

export const pageApp = (folder: string): Hono => {
  const files = readFolder(folder);
  const app = new Hono();
  // Without the slash, what the page names beside itself would be looked for beside `/dashboard`.
  app.get(PAGE_PATH, (context) => context.redirect(`${PAGE_PATH}/${new URL(context.req.url).search}`));
  for (const [name, { type, bytes }] of files)
    app.get(`${PAGE_PATH}/${name === FIRST ? '' : name}`, (context) =>
      context.body(bytes, 200, { ...HEADERS, 'Content-Type': type }),
    );
  app.notFound((context) => context.json({ code: 404, message: 'there is no such file' }, 404));
  return app;
};
