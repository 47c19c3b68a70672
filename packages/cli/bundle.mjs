// The command as it is published: all it needs in a few files, but the node, which only its own verb loads. As the hundred and
// fifty modules that they come from it would take twice the CPU before its first line.
// In: dist/ as `tsc -b` leaves it, the pages as `packages/dashboard/build.mjs` makes them. Out: dist/bin/, which `bin` of the
// manifest names, with the licences of what is in it; dist/page and dist/tab.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const target = here('dist/bin');

const { outputFiles, metafile } = await build({
  // The clock too, so that it gets a file of its own: every verb needs it, and not every verb needs a client.
  entryPoints: { dexwire: here('dist/cli.js'), clock: here('../client/dist/clock.js') },
  outdir: target,
  bundle: true,
  splitting: true,
  metafile: true,
  write: false,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['@dexwire/node'],
  // Packages of the older kind ask for Node.js's own modules by `require`.
  banner: {
    js: `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`,
  },
  logLevel: 'error',
});

/** Folders of the packages by others that went in. */
const foreign = [
  ...new Set(
    Object.keys(metafile.inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  ),
];
const licences = foreign.sort().map((folder) => {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  if (file === undefined) throw new Error(`${name} has no licence to pass on`);
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
});

/** Makes a folder hold these files and no others; whole or not at all, for somebody else may be packing it. */
const fill = (folder, files) => {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (!files.has(name)) rmSync(join(folder, name), { force: true });
  for (const [name, contents] of files) {
    const path = join(folder, name);
    if (existsSync(path) && readFileSync(path).equals(Buffer.from(contents))) continue;
    writeFileSync(`${path}.${process.pid}`, contents, { mode: name === 'dexwire.js' ? 0o755 : 0o644 });
    renameSync(`${path}.${process.pid}`, path);
  }
};

const files = new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
files.set('licences.txt', licences.join(`\n${'-'.repeat(80)}\n\n`));
fill(target, files);

await import('../dashboard/build.mjs');
for (const kind of ['page', 'tab']) {
  const built = here(`../dashboard/dist/${kind}`);
  fill(here(`dist/${kind}`), new Map(readdirSync(built).map((name) => [name, readFileSync(join(built, name))])));
}
