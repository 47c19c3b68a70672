/**
 * The packages as a user gets them: packed, unpacked into an empty folder, beside nothing but what they depend on.
 * In: the built workspace. Out: a folder whose `node_modules` has them.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Folder and name of each package that is published. */
const PACKAGES = { protocol: '@dexwire/protocol', client: 'dexwire', node: '@dexwire/node' } as const;

export interface Packed {
  readonly folder: string;
  remove(): void;
}

/** Packs and unpacks all packages; what else they depend on is linked from the workspace, so that nothing is fetched. */
export const unpackAll = (): Packed => {
  const folder = mkdtempSync(join(tmpdir(), 'dexwire-packed-'));
  const modules = join(folder, 'node_modules');
  const own = new Set<string>(Object.values(PACKAGES));
  for (const [home, name] of Object.entries(PACKAGES)) {
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
      symlinkSync(join(root, 'node_modules', dependency), link);
    }
  }
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
};
