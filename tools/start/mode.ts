import type { Config } from '#shared/config.ts';

/** What each AUTH_MODE means, in the words that a program says when it is ready. */
const MEANING: Readonly<Record<Config['authMode'], string>> = {
  open: 'identities in requests are believed',
  strict: 'writes and private reads need a token or a service key',
};

/** The mode for people: `open: identities in requests are believed`. */
export const modeOf = ({ authMode }: Pick<Config, 'authMode'>): string => `${authMode}: ${MEANING[authMode]}`;
