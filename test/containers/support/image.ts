import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ROOT } from '#test/support/tool.ts';

interface Instruction {
  name: string;
  rest: string;
}

/** The image that the Dockerfile's last stage makes, as far as the tests look at it. */
export interface Image {
  stages: Instruction[][];
  env: Record<string, string>;
  user: string;
  exposed: string[];
  entrypoint: string[];
  /** The command of HEALTHCHECK. */
  healthcheck: string[];
  /** What comes from the repository, as paths. */
  copied: string[];
}

function instructionsOf(text: string): Instruction[] {
  const whole = text.replace(/^\s*#.*\n/gm, '').replaceAll(/\\\n\s*/g, '');
  return whole
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, name, rest] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
      return { name: name!, rest: rest! };
    });
}

/** The list of an instruction in exec form. Throws for a shell line: that would put a shell before the process. */
const listIn = (text: string): string[] => JSON.parse(text.slice(text.indexOf('['))) as string[];

export function readImage(): Image {
  const stages: Instruction[][] = [];
  for (const instruction of instructionsOf(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'))) {
    if (instruction.name === 'FROM') stages.push([]);
    stages.at(-1)!.push(instruction);
  }
  const last = stages.at(-1)!;
  const all = (name: string) => last.filter((one) => one.name === name).map(({ rest }) => rest);
  const sources = all('COPY')
    .filter((rest) => rest.includes('--from=check'))
    .flatMap((rest) => rest.split(/\s+/).slice(1, -1));
  return {
    stages,
    env: Object.fromEntries(
      all('ENV').flatMap((rest) => Object.entries(parseEnv(rest.replaceAll(/\s+(?=\w+=)/g, '\n')))),
    ) as Record<string, string>,
    user: all('USER').at(-1) ?? 'root',
    exposed: all('EXPOSE').flatMap((rest) => rest.split(/\s+/)),
    entrypoint: listIn(all('ENTRYPOINT').at(-1)!),
    healthcheck: listIn(all('HEALTHCHECK').at(-1)!),
    copied: sources.map((source) => source.replace(/^\/app\//, '')),
  };
}
