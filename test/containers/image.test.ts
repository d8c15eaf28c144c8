import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '#shared/config.ts';
import { Readiness } from '#shared/health/readiness.ts';
import { HealthServer } from '#shared/health/server.ts';
import { checkHealth, imageFolder } from '#test/containers/support/container.ts';
import { unknownVariables } from '#test/containers/support/environment.ts';
import { readImage } from '#test/containers/support/image.ts';
import { ROOT } from '#test/support/tool.ts';

const image = readImage();
const folder = imageFolder();
afterAll(() => folder.remove());

describe('the image', () => {
  it('is of Node 24, in several stages, of which the last installs nothing', () => {
    expect(image.stages.length).toBeGreaterThan(1);
    for (const [from] of image.stages) expect(from!.rest).toMatch(/^node:24(\.\d+)*-slim\b/);
    const run = image.stages.at(-1)!.filter(({ name }) => name === 'RUN');
    expect(run.filter(({ rest }) => /npm|apt/.test(rest))).toEqual([]);
    const installs = image.stages.flat().filter(({ rest }) => rest.includes('npm ci'));
    expect(installs.map(({ rest }) => rest.includes('--omit=dev'))).toEqual([false, true]);
  });

  it('compiles every service for the processes that it starts', () => {
    const compile = image.stages.at(-1)!.findLast(({ name }) => name === 'RUN')!;
    const [node, ...args] = JSON.parse(compile.rest) as string[];
    expect(node).toBe('node');
    const cache = mkdtempSync(join(tmpdir(), 'truematch-compiled-'));
    try {
      execFileSync(process.execPath, args, { cwd: ROOT, env: { ...process.env, NODE_COMPILE_CACHE: cache } });
      expect(readdirSync(cache, { recursive: true }).length).toBeGreaterThan(1_000);
    } finally {
      rmSync(cache, { recursive: true });
    }
  });

  it('runs as a user that is not root, by number', () => {
    expect(image.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  it('sets variables that the program reads, and exposes the ports that they name', () => {
    expect(unknownVariables(Object.keys(image.env))).toEqual([]);
    const { host, port, healthPort } = loadConfig(image.env);
    expect(host).toBe('0.0.0.0');
    expect(image.exposed).toEqual([String(port), String(healthPort)]);
  });

  it('starts what is there: the runner and the configuration', () => {
    const [node, runner, , configuration] = image.entrypoint;
    expect(node).toBe('node');
    expect(existsSync(join(ROOT, runner!))).toBe(true);
    expect(existsSync(join(folder.path, configuration!))).toBe(true);
  });

  it('imports only packages that are installed without those of development', () => {
    const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: object };
    const files = globSync('**/*.ts', { cwd: folder.path, exclude: (name) => name === 'node_modules' });
    expect(files.length).toBeGreaterThan(100);
    const imported = files.flatMap((file) =>
      [...readFileSync(join(folder.path, file), 'utf8').matchAll(/^(?:import|export) .*?from '([^'#.][^']*)'/gms)]
        .filter(([statement]) => !statement.startsWith('import type'))
        .map(([, name]) => /^(?:@[^/]+\/)?[^/]+/.exec(name!)![0]),
    );
    const missing = [...new Set(imported)].filter((name) => !isBuiltin(name) && !(name in dependencies));
    expect(missing).toEqual([]);
  });

  it('has every file that its files import', () => {
    const files = globSync('**/*.ts', { cwd: folder.path, exclude: (name) => name === 'node_modules' });
    const missing = files.flatMap((file) =>
      [...readFileSync(join(folder.path, file), 'utf8').matchAll(/(?: from |import\()'#([^']+)'/g)]
        .map(([, path]) => path!)
        .filter((path) => !existsSync(join(folder.path, path))),
    );
    expect(missing).toEqual([]);
  });

  it('is built from files that git has and .dockerignore lets in', () => {
    const [, ...allowed] = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
      .split('\n')
      .filter((line) => /^[*!]/.test(line));
    const names = allowed.map((line) => line.slice(1));
    for (const name of names)
      expect(execFileSync('git', ['ls-files', '--', name], { cwd: ROOT, encoding: 'utf8' })).not.toBe('');
    for (const source of image.copied) expect(names).toContain(source.split('/')[0]);
    const { include } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')) as { include: string[] };
    expect(names).toEqual(expect.arrayContaining(include));
  });
});

describe('the health check', () => {
  const readiness = new Readiness();
  const server = new HealthServer(readiness);
  afterAll(() => server.close());

  it('passes while the process is ready, and fails while it is not, or is gone', async () => {
    const HEALTH_PORT = String(await server.listen('127.0.0.1', 0));
    expect(await checkHealth({ HEALTH_PORT })).toBe(0);
    readiness.drain();
    expect(await checkHealth({ HEALTH_PORT })).toBe(1);
    await server.close();
    expect(await checkHealth({ HEALTH_PORT })).toBe(1);
  });
});
