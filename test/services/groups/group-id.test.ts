import { describe, expect, it } from '@jest/globals';
import { newIdProblem, slugFromName } from '#services/groups/group-id.ts';

describe('the id made from a name', () => {
  it.each([
    ['Fun Room', 'fun-room'],
    ['  Fun Room  ', '--fun-room--'],
    ['Ärger  2', 'ärger--2'],
    ['', ''],
  ])('of %j is %j', (name, id) => {
    expect(slugFromName(name)).toBe(id);
  });
});

describe('a new id', () => {
  it.each([
    '507f1f77bcf86cd799439011',
    '507F1F77BCF86CD799439011',
    'dm:a|b',
    ' DM:x',
    'a/b',
    String.raw`a\b`,
    'a\0b',
    'a\tb',
    'a\u007Fb',
    '.',
    '..',
  ])('%j is refused', (id) => {
    expect(newIdProblem(id)).toMatch(/^a group id must not/);
  });

  it.each(['fun-room', '...', 'dmx', 'a:b', '$name', '__proto__', '507f1f77bcf86cd79943901', '日本 語', '5'])(
    '%j is taken',
    (id) => {
      expect(newIdProblem(id)).toBeNull();
    },
  );
});
