import { describe, expect, it } from '@jest/globals';
import { ConfigError, loadConfig } from '#shared/config.ts';

describe('loadConfig', () => {
  it('has a default for every variable', () => {
    expect(loadConfig({})).toMatchObject({
      port: 8081,
      host: '127.0.0.1',
      mongoUri: '',
      mongoDbName: 'truematch',
      dataDir: './data',
      corsOrigins: ['http://localhost:5173', 'http://127.0.0.1:5173'],
      mongoServerSelectionTimeoutMs: 2_000,
      logLevel: 'info',
    });
  });

  it.each<[string, Record<string, string>, object]>([
    ['the documented name', { PORT: '1234' }, { port: 1234 }],
    ['another name', { PY_BACKEND_PORT: '1234' }, { port: 1234 }],
    ['the documented name before another', { PORT: '1', PY_BACKEND_PORT: '2' }, { port: 1 }],
    ['another name when the first is blank', { PORT: ' ', PY_BACKEND_PORT: '2' }, { port: 2 }],
    ['0 as any free port', { PORT: '0' }, { port: 0 }],
    ['spaces around a value', { HOST: ' 0.0.0.0 ' }, { host: '0.0.0.0' }],
    ['a replica set', { MONGODB_URI: 'mongodb://a,b/?replicaSet=rs' }, { mongoUri: 'mongodb://a,b/?replicaSet=rs' }],
    ['an srv address', { MONGO_URL: 'mongodb+srv://a.example' }, { mongoUri: 'mongodb+srv://a.example' }],
    ['one origin', { CORS_ORIGIN: 'https://a.example' }, { corsOrigins: ['https://a.example'] }],
    [
      'origins with spaces and gaps',
      { CORS_ORIGINS: 'https://a.example, http://b.example:81,' },
      { corsOrigins: ['https://a.example', 'http://b.example:81'] },
    ],
    ['a URL without its last slash', { API_URL: 'http://a.example/api/' }, { apiUrl: 'http://a.example/api' }],
  ])('takes %s', (_what, env, expected) => {
    expect(loadConfig(env)).toMatchObject(expected);
  });

  it.each<[string, string]>([
    ['PORT', 'abc'],
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['PORT', '80.5'],
    ['PORT', '0x50'],
    ['PY_BACKEND_PORT', 'abc'],
    ['MONGO_URI', 'http://localhost'],
    ['MONGO_URL', 'localhost:27017'],
    ['MONGO_DB_NAME', 'a.b'],
    ['MONGO_DB_NAME', 'a b'],
    ['MONGO_DB_NAME', 'x'.repeat(64)],
    ['MONGO_SERVER_SELECTION_TIMEOUT_MS', '2001'],
    ['MONGO_SERVER_SELECTION_TIMEOUT_MS', '1e3'],
    ['MONGO_SOCKET_TIMEOUT_MS', '10'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'https://a.example/path'],
    ['CORS_ORIGIN', 'a.example'],
    ['API_URL', 'ftp://a.example'],
    ['ONLINE_COUNTS_TTL', '1.5'],
    ['LOG_LEVEL', 'loud'],
    ['LOG_FORMAT', 'xml'],
    ['AUTH_MODE', 'closed'],
    ['RATE_LIMIT_READS', '-1'],
    ['RATE_LIMIT_SERVICE_FACTOR', '0'],
  ])('refuses %s=%s in one line that names both', (name, value) => {
    const load = () => loadConfig({ [name]: value });
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(`${name}=${JSON.stringify(value)}: `);
    expect(load).not.toThrow(/\n/);
  });

  const key = 'k'.repeat(24);

  it('takes several service keys, two of one name too, so that keys can be changed', () => {
    expect(loadConfig({ SERVICE_KEYS: `socket:${key}, socket:${key}2,mobile:${key}-._~,` }).serviceKeys).toEqual([
      { name: 'socket', key },
      { name: 'socket', key: `${key}2` },
      { name: 'mobile', key: `${key}-._~` },
    ]);
  });

  it.each([
    ['without a name', key],
    ['with an empty name', `:${key}`],
    ['that is short', 'socket:secret-of-23-letters-ab'],
    ['that needs escaping in a URL', `socket:${key}/`],
    ['after a good one', `a:${key},b:secret`],
  ])('refuses a service key %s, without showing it', (_what, value) => {
    const load = () => loadConfig({ SERVICE_KEYS: value });
    expect(load).toThrow(ConfigError);
    expect(load).toThrow(/^SERVICE_KEYS: entry [12] must be name:key/);
    expect(load).not.toThrow(/secret|kkk/);
  });

  it('takes who it is to Kafka, whose password may have anything in it', () => {
    expect(loadConfig({}).kafkaSasl).toBeNull();
    const KAFKA_BOOTSTRAP = 'kafka:9092';
    expect(loadConfig({ KAFKA_BOOTSTRAP, KAFKA_SASL: 'scram-sha-512:ann:a:b=c ' }).kafkaSasl).toEqual({
      mechanism: 'scram-sha-512',
      username: 'ann',
      password: 'a:b=c',
    });
  });

  it.each([{ KAFKA_TLS: 'true' }, { KAFKA_SASL: 'plain:ann:secret' }])(
    'refuses %j without brokers: one that is started for you speaks neither',
    (env) => {
      const read = () => loadConfig(env, { startsKafka: true });
      expect(read).toThrow(ConfigError);
      expect(read).toThrow(/^KAFKA_BOOTSTRAP: KAFKA_TLS and KAFKA_SASL are for the brokers that it names$/);
    },
  );

  it.each(['plain', 'plain:ann', 'plain:ann:', 'plain::secret', 'gssapi:ann:secret'])(
    'refuses KAFKA_SASL=%s, without showing a password',
    (value) => {
      const load = () => loadConfig({ KAFKA_SASL: value });
      expect(load).toThrow(ConfigError);
      expect(load).toThrow(/^KAFKA_SASL: must be mechanism:name:password/);
      expect(load).not.toThrow(/secret/);
    },
  );

  it('takes several token secrets, and none of those that are guessed, which it does not show', () => {
    const [first, second] = ['s'.repeat(32), 't'.repeat(40)];
    expect(loadConfig({ JWT_SECRET: `${first}, ${second}` }).jwtSecret).toEqual([first, second]);
    for (const value of ['dev-secret-change-me', `${first},short`]) {
      expect(() => loadConfig({ JWT_SECRET: value })).toThrow(/^JWT_SECRET: entry [12] must have at least 32 bytes$/);
    }
  });

  it('refuses a short token of the administrator, without showing it', () => {
    expect(() => loadConfig({ ADMIN_TOKEN: 'secret' })).toThrow(/^ADMIN_TOKEN: must have 24 to 200[^]*(?<!secret)$/);
    expect(loadConfig({ ADMIN_TOKEN: 'a'.repeat(24) }).adminToken).toBe('a'.repeat(24));
  });

  it('needs a token secret in strict mode', () => {
    expect(() => loadConfig({ AUTH_MODE: 'strict' })).toThrow(/^JWT_SECRET: AUTH_MODE=strict needs/);
    const secret = { JWT_SECRET: 's'.repeat(32) };
    expect(loadConfig({ AUTH_MODE: 'strict', ...secret }).authMode).toBe('strict');
    expect(loadConfig({}).jwtSecret).toEqual([]);
    expect(loadConfig({}).authMode).toBe('open');
  });

  it('cannot be changed once read', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true);
  });
});
