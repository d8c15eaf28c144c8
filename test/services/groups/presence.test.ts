import { describe, expect, it } from '@jest/globals';
import { presenceText } from '#services/groups/presence.ts';

describe('presence in the text format of Prometheus', () => {
  it('has a gauge for each group, with labels escaped', () => {
    const text = presenceText(
      new Map([
        ['fun', 3],
        ['a"b\\c\nd', 0],
      ]),
    );
    expect(text.split('\n')).toEqual([
      '# HELP truematch_group_online_users Users online in a group, as the socket server counts them.',
      '# TYPE truematch_group_online_users gauge',
      'truematch_group_online_users{group="fun"} 3',
      String.raw`truematch_group_online_users{group="a\"b\\c\nd"} 0`,
      '',
    ]);
  });
});
