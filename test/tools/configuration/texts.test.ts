import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { configurationTable, envExample, tableIn } from '#tools/configuration/texts.ts';

describe('the written configuration', () => {
  it("has every variable in the README's table, as the code has it (npm run configuration writes it)", () => {
    expect(tableIn(readFileSync('README.md', 'utf8'))).toBe(configurationTable());
  });

  it('has every variable in .env.example', () => {
    expect(readFileSync('.env.example', 'utf8')).toBe(envExample());
  });
});
