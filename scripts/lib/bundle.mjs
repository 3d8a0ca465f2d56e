// Makes dist/program, what `locum` runs, from the compiled rooms: a file for what every command needs, one for the
// daemon, one for each other command, and what several of them share. Some 170 files take longer to find than to run.
// CommonJS, because Node loads that without its asynchronous loader; esbuild only splits modules of the other kind,
// so each part is translated after it was split. Names and lines stay as they are: a stack trace needs no map.

import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist/program');
const making = `${program}.new`;
const shared = { platform: 'node', target: 'node20.19', logLevel: 'warning' };

const { outputFiles } = await build({
  ...shared,
  absWorkingDir: root,
  entryPoints: ['dist/cli/main.js'],
  bundle: true,
  splitting: true,
  format: 'esm',
  // Native parts are found beside their packages.
  external: ['koffi', 'netlink', 'raw-socket'],
  outdir: program,
  outExtension: { '.js': '.cjs' },
  chunkNames: '[name]-[hash]',
  write: false,
});

rmSync(making, { recursive: true, force: true });
mkdirSync(making, { recursive: true });
for (const { path, text } of outputFiles) {
  const { code } = await transform(text, {
    ...shared,
    format: 'cjs',
    banner: '"use strict";',
    define: { 'import.meta.dirname': '__dirname' },
    // import() would go through the other loader again.
    supported: { 'dynamic-import': false },
  });
  writeFileSync(join(making, basename(path)), code);
}
chmodSync(join(making, 'main.cjs'), 0o755);
// Whole before it takes the place of the old one.
rmSync(program, { recursive: true, force: true });
renameSync(making, program);
