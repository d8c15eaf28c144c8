import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { cleanUp, dataDir, start } from '#test/start/programs.ts';
import { spawnProgram } from '#test/support/program.ts';

// Each starts programs and servers: seconds on an idle machine, more on a busy one.
jest.setTimeout(120_000);

afterEach(cleanUp);

describe('npm start', () => {
  it('tells in one block where it is, where its data is, where MongoDB came from and the mode', async () => {
    const folder = dataDir();
    const program = await start(folder);
    const { port } = new URL(program.url);
    expect(program.readyBlock.split('\n')).toEqual([
      'TrueMatch is ready',
      `  URL      http://127.0.0.1:${port}/api`,
      `  Docs     http://127.0.0.1:${port}/docs`,
      `  Data     ${folder.path}`,
      expect.stringMatching(/^ {2}MongoDB {2}\d+\.\d+\.\d+, \S/),
      '  Mode     one process, open: identities in requests are believed',
      '',
      '',
    ]);
    expect(
      program
        .output()
        .stderr.split('\n')
        .filter((line) => /\bat \S+:\d+/.test(line)),
    ).toEqual([]);
    expect((await fetch(`${program.url}/api/health/ready`)).status).toBe(200);
  });

  it('leaves a folder to the program that uses it', async () => {
    const folder = dataDir();
    const program = await start(folder);
    const second = spawnProgram({ DATA_DIR: folder.path });
    second.ready.catch(() => undefined);
    expect(await second.exited).toEqual({ code: 1, signal: null });
    expect(second.output().stderr).toBe(
      `truematch: DATA_DIR=${folder.path}: is in use by another running program (pid ${program.pid})\n`,
    );
    expect((await fetch(`${program.url}/api/health/ready`)).status).toBe(200);
  });
});
