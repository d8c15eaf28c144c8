import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { configurationTable, envExample, withTable } from '#tools/configuration/texts.ts';

/** Writes the variables' table into README.md and `.env.example`; without a README it prints the table. */
writeFileSync('.env.example', envExample());
if (existsSync('README.md')) writeFileSync('README.md', withTable(readFileSync('README.md', 'utf8')));
else process.stdout.write(`${configurationTable()}\n`);
