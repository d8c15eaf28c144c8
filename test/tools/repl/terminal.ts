import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ROOT } from '#test/support/tool.ts';

const PROMPT = 'truematch $ ';
/** Runs a command on a pseudo-terminal of its own and hands on its exit code. */
const PTY = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

/** A program in a terminal, and who sits before it. */
export interface Terminal {
  /** Resolves with what the terminal shows before the first prompt; rejects, with all of it, when the program ends. */
  ready: Promise<string>;
  /** Types a line and Enter; resolves, at the next prompt, with the lines between. */
  type(line: string): Promise<string>;
  /** Sends keys as they are: `\x04` is Ctrl-D. */
  press(keys: string): void;
  /** Resolves with the exit code once the program has ended. */
  exited: Promise<number | null>;
  /** All that the terminal shows, without colours. */
  shown(): string;
  /** Hangs up. */
  close(): Promise<void>;
}

/** The command of `npm run repl`, for any working directory. */
function command(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { repl: string } };
  const words = scripts.repl.split(' ');
  return words.slice(words.indexOf('node') + 1).map((one) => (one.startsWith('tools/') ? join(ROOT, one) : one));
}

/** `npm run repl` in a terminal, in an empty folder that is its home as well: its history stays there. */
export function openTerminal(env: Record<string, string>): Terminal {
  const home = mkdtempSync(join(tmpdir(), 'truematch-home-'));
  const child = spawn('python3', ['-c', PTY, process.execPath, ...command()], {
    cwd: home,
    env: { PATH: process.env.PATH ?? '', TERM: 'xterm', HOME: home, ...env },
  });
  let text = '';
  let look: (() => void) | undefined;
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      look?.();
    });
  const shown = () => stripVTControlCharacters(text).replaceAll('\r', '');
  const exited = new Promise<number | null>((done, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      rmSync(home, { recursive: true, force: true });
      done(code);
    });
  });
  const ended = exited.then((code): never => {
    throw new Error(`the terminal was closed (${code}):\n${shown()}`);
  });
  // Who only waits for the exit does not look at it.
  ended.catch(() => undefined);

  /** What is shown from `start` on, less the prompt, once `done` says that it is all. */
  const until = (start: number, done: (said: string) => boolean): Promise<string> => {
    const prompted = new Promise<string>((answer) => {
      look = () => {
        const said = shown().slice(start);
        if (said.endsWith(PROMPT) && done(said)) answer(said.slice(0, -PROMPT.length));
      };
      look?.();
    });
    return Promise.race([prompted, ended]);
  };

  const ready = until(0, () => true);
  ready.catch(() => undefined);
  return {
    ready,
    async type(line) {
      const start = shown().length;
      child.stdin.write(`${line}\r`);
      // The echo of what was typed comes first.
      const said = await until(start, (some) => some.includes('\n'));
      return said.slice(said.indexOf('\n') + 1);
    },
    press: (keys) => void child.stdin.write(keys),
    exited,
    shown,
    async close() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
