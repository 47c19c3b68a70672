// Builds the page: once for a node to serve, once with a node of its own inside. It does nothing if nothing has changed.
// It is plain JavaScript, since the set-up of a fresh clone runs it. What the page is made of besides must be built: `tsc -b`.
// In: src, public, index.html, the dist folders of client, node and protocol. Out: dist/page, dist/tab, which need no server of ours.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
const stamp = join(root, 'dist', '.built');

/** All files below a folder that the page may be made of, in a fixed order. */
const filesOf = (folder) =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(tsx?|css|js)$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();

const SOURCES = ['src', 'public', '../protocol/dist', '../client/dist', '../node/dist'];
const FILES = ['index.html', 'package.json', 'build.mjs', '../../package-lock.json'];

const hash = createHash('sha256');
for (const file of [...SOURCES.flatMap(filesOf), ...FILES.map((name) => join(root, name))]) {
  hash.update(file.slice(root.length)).update(readFileSync(file));
}
const wanted = hash.digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  console.error('Building the dashboard ...');
  const { build } = await import('vite');
  for (const [name, entry] of [
    ['page', '/src/main.ts'],
    ['tab', '/src/tab.ts'],
  ]) {
    await build({
      root,
      configFile: false,
      logLevel: 'warn',
      base: './',
      build: {
        outDir: join('dist', name),
        emptyOutDir: true,
        target: 'es2022',
        modulePreload: false,
        chunkSizeWarningLimit: 1000,
        rollupOptions: { output: { format: 'iife', entryFileNames: '[name].js', assetFileNames: '[name][extname]' } },
      },
      plugins: [
        { name: 'entry', transformIndexHtml: { order: 'pre', handler: (html) => html.replace('/src/main.ts', entry) } },
        // A folder that is opened as a file has no origin, and so neither modules nor anything else across origins.
        {
          name: 'plain-script',
          transformIndexHtml: {
            order: 'post',
            handler: (html) =>
              html.replace(/<script type="module" crossorigin/g, '<script defer').replaceAll(' crossorigin', ''),
          },
        },
      ],
    });
  }
  writeFileSync(stamp, wanted);
}
