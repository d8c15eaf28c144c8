// Runs a program of this repository: `node tools/run.mjs tools/start/start.ts ARGUMENTS`. In plain JavaScript, so that
// an older Node, which cannot even read the program, says what is missing.
import { existsSync } from 'node:fs';
import module from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED = 24;

if (Number.parseInt(process.versions.node, 10) < NEEDED) {
  const installed = existsSync(new URL('../node_modules/node/bin/node', import.meta.url));
  process.stderr.write(
    `Node ${NEEDED} or newer is needed; this is ${process.versions.node}. ` +
      (installed
        ? 'npm scripts bring their own: use npm start, npm test, npm run NAME.\n'
        : `npm ci installs Node ${NEEDED} for this project, but not with --ignore-scripts: run \`npm rebuild node\`, or install Node ${NEEDED}.\n`),
  );
  process.exit(1);
}

// The second start compiles nothing: a fifth less time. In the project, where no other user can put code; where that
// cannot be written, as in a container, everything is compiled.
module.enableCompileCache(
  process.env.NODE_COMPILE_CACHE ?? fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url)),
);

const [node, , program, ...rest] = process.argv;
const file = resolve(program ?? '');
process.argv = [node, file, ...rest];
await import(pathToFileURL(file).href);
