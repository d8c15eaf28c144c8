import { describe, expect, it } from '@jest/globals';
import { type LogEntry, logLevel } from 'kafkajs';
import { kafkajsLog } from '#shared/kafka/log.ts';
import { sayOnce } from '#shared/say-once.ts';

describe('a text said once', () => {
  it('passes again after half a minute, and others pass meanwhile', () => {
    const said: string[] = [];
    let now = 0;
    const say = sayOnce(
      (text) => said.push(text),
      () => now,
    );
    for (const [at, text] of [
      [0, 'a'],
      [10_000, 'a'],
      [10_000, 'b'],
      [29_999, 'a'],
      [30_000, 'a'],
    ] as const) {
      now = at;
      say(text);
    }
    expect(said).toEqual(['a', 'b', 'a']);
  });

  it('is forgotten when many others were said, however fast they come', () => {
    let said = 0;
    const say = sayOnce(
      () => said++,
      () => 0,
    );
    for (let n = 0; n < 1_000; n++) say(String(n));
    say('0');
    expect(said).toBe(1_001);
  });
});

describe('lines of kafkajs', () => {
  const lines: string[] = [];
  const logger = {
    debug: (text: string) => void lines.push(`debug ${text}`),
    info: (text: string) => void lines.push(`info ${text}`),
    warn: (text: string) => void lines.push(`warn ${text}`),
  };
  const log = (level: logLevel, line: Partial<LogEntry['log']> & { message: string }) => {
    lines.length = 0;
    kafkajsLog(logger)(level)({ namespace: 'Connection', level, label: '', log: { timestamp: '', ...line } });
    return lines;
  };

  it('warn of what it goes on from, with the reason and the broker, and nothing of the messages', () => {
    const batch = { stack: 'at …', payload: 'a secret', broker: 'kafka:9092' };
    expect(log(logLevel.ERROR, { message: 'Response Produce(key: 0)', error: 'Not the leader', ...batch })).toEqual([
      'warn Kafka Connection: Response Produce(key: 0): Not the leader (kafka:9092)',
    ]);
    expect(log(logLevel.WARN, { message: 'Closed', error: new Error('an object') })).toEqual([
      'warn Kafka Connection: Closed',
    ]);
  });

  it('keep to themselves what is news, what comes too early, and what is said elsewhere', () => {
    expect(log(logLevel.INFO, { message: 'Connecting' })).toEqual(['debug Kafka Connection: Connecting']);
    expect(log(logLevel.ERROR, { message: 'Response', error: 'The group coordinator is not available' })).toEqual([
      'debug Kafka Connection: Response: The group coordinator is not available',
    ]);
    expect(log(logLevel.ERROR, { message: 'Crash: KafkaJSError: x' })).toEqual([]);
  });
});
