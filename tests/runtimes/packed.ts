/**
 * The packages as a user gets them: packed, unpacked into an empty folder, beside nothing but what they depend on.
 * In: the built workspace. Out: a folder whose `node_modules` has them.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Folder and name of each package that is published for programs. */
const PACKAGES: Readonly<Record<string, string>> = {
  protocol: '@dexwire/protocol',
  client: 'dexwire',
  node: '@dexwire/node',
};

export interface Packed {
  readonly folder: string;
  remove(): void;
}

/** Where a package of the workspace finds one that others wrote: beside itself, or at the root. */
const found = (home: string, dependency: string): string => {
  const own = join(root, 'packages', home, 'node_modules', dependency);
  return existsSync(own) ? own : join(root, 'node_modules', dependency);
};

/**
 * Packs and unpacks all packages; what else they depend on is linked from the workspace, so that nothing is fetched.
 *
 * @param packages - Folder and name of each; those for programs unless given.
 */
export const unpackAll = (packages = PACKAGES): Packed => {
  const folder = mkdtempSync(join(tmpdir(), 'dexwire-packed-'));
  const modules = join(folder, 'node_modules');
  const own = new Set<string>(Object.values(packages));
  for (const [home, name] of Object.entries(packages)) {
    const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
      cwd: join(root, 'packages', home),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
    const target = join(modules, name);
    mkdirSync(target, { recursive: true });
    execFileSync('tar', ['-xzf', join(folder, filename), '-C', target, '--strip-components=1']);
    const { dependencies } = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    for (const dependency of Object.keys(dependencies)) {
      const link = join(modules, dependency);
      if (own.has(dependency)) continue;
      mkdirSync(dirname(link), { recursive: true });
      rmSync(link, { force: true });
      symlinkSync(found(home, dependency), link);
    }
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
};

/** The same with the command line, and the command where npm would put it. */
export const unpackCommand = (): Packed & { readonly command: string } => {
  // As `prepack` does, which a pack without scripts leaves out.
  execFileSync(process.execPath, ['bundle.mjs'], { cwd: join(root, 'packages', 'cli') });
  const packed = unpackAll({ ...PACKAGES, cli: '@dexwire/cli' });
  const modules = join(packed.folder, 'node_modules');
  const home = join(modules, '@dexwire', 'cli');
  const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { bin: { dexwire: string } };
  const command = join(modules, '.bin', 'dexwire');
  mkdirSync(dirname(command), { recursive: true });
  symlinkSync(join(home, bin.dexwire), command);
  return { ...packed, command };
};
