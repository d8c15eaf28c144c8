import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { eventsDoc } from '#tools/events-doc/text.ts';

it('docs/events.md is what `npm run events-doc` writes', () => {
  expect(readFileSync('docs/events.md', 'utf8')).toBe(eventsDoc());
});
