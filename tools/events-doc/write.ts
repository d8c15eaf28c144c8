import { writeFileSync } from 'node:fs';
import { eventsDoc } from '#tools/events-doc/text.ts';

/** Writes docs/events.md. */
writeFileSync('docs/events.md', eventsDoc());
