import { describe, expect, it } from '@jest/globals';
import { checkStrength, friendsOf, newUserId, newUsername } from '#services/profiles/accounts/account-rules.ts';

describe('a new name', () => {
  it.each([
    [' Ann ', 'Ann'],
    ['ann.b-c_d', 'ann.b-c_d'],
    ['Anne Marie', 'Anne Marie'],
    ['Ünal', 'Ünal'],
    ['李小龍', '李小龍'],
    ['systems', 'systems'],
  ])('%j is taken', (sent, kept) => {
    expect(newUsername(sent)).toBe(kept);
  });

  it.each(['a|b', 'a/b', 'a\0b', 'a\tb', 'a\u0085b', 'system', '_SYSTEM'])('%j is refused', (sent) => {
    expect(() => newUsername(sent)).toThrow(expect.objectContaining({ type: 'validation_failed' }));
  });

  it.each(['', ' ', '\u00A0\u2003'])('%j is none', (sent) => {
    expect(() => newUsername(sent)).toThrow(expect.objectContaining({ type: 'username_required' }));
  });
});

describe('a password', () => {
  it.each(['abcDEF12', 'abcdef1$', 'ABCDEF1$', 'abcDEF$ ', 'äöüÄÖÜ12', 'abc DEF '])(
    '%j is strong enough',
    (password) => {
      expect(() => checkStrength(password)).not.toThrow();
    },
  );

  it.each(['abcdefgh', 'abcdEFGH', 'abcdef12', 'ABCDEF12', '12345$%&', '        '])('%j is weak', (password) => {
    expect(() => checkStrength(password)).toThrow(expect.objectContaining({ type: 'password_weak', code: 400 }));
  });
});

describe('friends', () => {
  it('are kept word for word, trimmed, none twice, the first hundred', () => {
    const json = '{"marker":"linked-social-account","platform":"x","url":"https://x.example/a b"}';
    expect(friendsOf([` ${json} `, 'Bob', 'bob', 'Bob', '', '  '])).toEqual([json, 'Bob', 'bob']);
    expect(friendsOf(Array.from({ length: 150 }, (_, index) => `f${index}`))).toHaveLength(100);
  });
});

describe('a user id', () => {
  it('says when it was made, and is never made twice', () => {
    const ids = Array.from({ length: 1_000 }, () => newUserId(1_795_992_600_000));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids[0]).toMatch(/^u_1795992600000_[0-9a-f]{8}$/);
  });
});
