import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { MIB } from '#shared/limits.ts';

/**
 * The environment, read once, validated and typed. A value that cannot be used stops the start with one line that names
 * the variable. `.env` in the working directory fills in what the environment does not set.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

interface Variable<T> {
  /** Names in order of preference; the first is the one that the documentation uses. */
  names: readonly [string, ...string[]];
  fallback: string;
  text: string;
  parse: (value: string, name: string) => T;
}

const bad = (name: string, value: string, wanted: string): never => {
  throw new ConfigError(`${name}=${JSON.stringify(value)}: ${wanted}`);
};

const text = (value: string) => value;

const integer = (min: number, max: number) => (value: string, name: string) => {
  const number = Number(value);
  return /^\d+$/.test(value) && number >= min && number <= max
    ? number
    : bad(name, value, `must be a whole number from ${min} to ${max}`);
};

const oneOf =
  <T extends string>(...values: T[]) =>
  (value: string, name: string): T =>
    values.find((one) => one === value) ?? bad(name, value, `must be one of ${values.join(', ')}`);

const origins = (value: string, name: string) =>
  value
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)
    .map((one) => {
      if (!URL.canParse(one) || new URL(one).origin !== one)
        bad(name, value, 'must list origins such as https://app.example.com, separated by commas');
      return one;
    });

const mongoUri = (value: string, name: string) =>
  value === '' || /^mongodb(\+srv)?:\/\/./.test(value)
    ? value
    : bad(name, value, 'must begin with mongodb:// or mongodb+srv://');

const databaseName = (value: string, name: string) =>
  /^[^/\\. "$*<>:|?\0]+$/.test(value) && Buffer.byteLength(value) <= 63
    ? value
    : bad(
        name,
        value,
        'must be a MongoDB database name: at most 63 bytes, none of / \\ . " $ * < > : | ? and no space',
      );

/** A service that may do what nobody may without a key. */
export interface ServiceKey {
  name: string;
  key: string;
}

/** Shorter ones could be guessed; these characters pass in a header and in a URL as they are. */
const SERVICE_KEY = /^([\w.-]{1,40}):([\w.~-]{24,200})$/;

/** What is wrong is told without the value: it has secrets. */
const serviceKeys = (value: string, name: string): readonly ServiceKey[] =>
  value
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)
    .map((one, index) => {
      const [, service, key] = SERVICE_KEY.exec(one) ?? [];
      if (service !== undefined && key !== undefined) return { name: service, key };
      throw new ConfigError(
        `${name}: entry ${index + 1} must be name:key; a key has 24 to 200 letters, digits and - . _ ~`,
      );
    });

/** A key of so many bytes. What is wrong is told without the value. */
const vapidKey = (bytes: number) => (value: string, name: string) => {
  if (value === '' || (/^[\w-]+$/.test(value) && Buffer.from(value, 'base64url').length === bytes)) return value;
  throw new ConfigError(`${name}: must be ${bytes} bytes in base64url`);
};

const contact = (value: string, name: string) =>
  URL.canParse(value) && /^(mailto|https):/.test(value)
    ? value
    : bad(name, value, 'must be a mailto: or https: address');

const perMinute = integer(0, 10_000_000);

/** As long as a service key. What is wrong is told without the value. */
const adminToken = (value: string, name: string): string => {
  if (value === '' || /^[\w.~-]{24,200}$/.test(value)) return value;
  throw new ConfigError(`${name}: must have 24 to 200 letters, digits and - . _ ~`);
};

/** Of HMAC-SHA-256 a key is as long as its hash (RFC 7518, 3.2). What is wrong is told without the value. */
const JWT_SECRET_BYTES = 32;

const jwtSecrets = (value: string, name: string): readonly string[] =>
  value
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)
    .map((one, index) => {
      if (Buffer.byteLength(one) >= JWT_SECRET_BYTES) return one;
      throw new ConfigError(`${name}: entry ${index + 1} must have at least ${JWT_SECRET_BYTES} bytes`);
    });

const natsUrls = (value: string, name: string) =>
  value === '' || value.split(',').every((one) => URL.canParse(one) && /^(nats|tls):\/\/./.test(one))
    ? value
    : bad(name, value, 'must be a URL such as nats://127.0.0.1:4222, or several, separated by commas');

const kafkaBrokers = (value: string, name: string): readonly string[] =>
  value
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)
    .map((one) => {
      const port = Number(/^[\w.-]+:(\d{1,5})$/.exec(one)?.[1]);
      return port > 0 && port <= 65_535
        ? one
        : bad(name, value, 'must list brokers such as 127.0.0.1:9092, separated by commas');
    });

/** How the brokers are told who we are. */
export interface KafkaSasl {
  mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  username: string;
  password: string;
}

/** What is wrong is told without the value. */
const kafkaSasl = (value: string, name: string): KafkaSasl | null => {
  if (value === '') return null;
  const [, mechanism, username, password] = /^(plain|scram-sha-(?:256|512)):([^:]+):(.+)$/.exec(value) ?? [];
  if (!mechanism)
    throw new ConfigError(
      `${name}: must be mechanism:name:password, the mechanism plain, scram-sha-256 or scram-sha-512`,
    );
  return { mechanism: mechanism as KafkaSasl['mechanism'], username: username!, password: password! };
};

/** What Kafka takes in names of topics and groups; a topic's name is longer than its prefix. */
const kafkaName = (value: string, name: string) =>
  /^[\w.-]{1,200}$/.test(value)
    ? value
    : bad(name, value, 'may have 1 to 200 letters, digits, dot, dash and underscore');

const nodeId = (value: string, name: string) =>
  /^[\w.-]{0,100}$/.test(value) ? value : bad(name, value, 'may have letters, digits, dot, dash and underscore');

const httpUrl = (value: string, name: string) =>
  URL.canParse(value) && /^https?:/.test(value)
    ? value.replace(/\/+$/, '')
    : bad(name, value, 'must be an http(s) URL');

const optionalUrl = (value: string, name: string) => (value === '' ? '' : httpUrl(value, name));

/** What is needed to reach a Cloudinary account. */
export interface CloudinaryAccount {
  cloudName: string;
  apiKey: string;
  apiSecret: string;
  /** Another server that speaks Cloudinary's upload API; absent: Cloudinary's own. */
  uploadPrefix?: string;
}

/** `cloudinary://KEY:SECRET@NAME`. What is wrong is told without the value: it has secrets. */
const cloudinaryUrl = (value: string, name: string): CloudinaryAccount | null => {
  if (value === '') return null;
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url?.protocol !== 'cloudinary:' || !url.hostname || !url.username || !url.password)
    throw new ConfigError(`${name}: must look like cloudinary://KEY:SECRET@NAME`);
  const uploadPrefix = url.searchParams.get('upload_prefix');
  return {
    cloudName: url.hostname,
    apiKey: decodeURIComponent(url.username),
    apiSecret: decodeURIComponent(url.password),
    ...(uploadPrefix && { uploadPrefix }),
  };
};

/** A folder of a Cloudinary account, without slashes around it. */
const cloudinaryFolder = (value: string, name: string) =>
  /^[\w.-]+(\/[\w.-]+)*$/.test(value) ? value : bad(name, value, 'must be names separated by slashes');

/** Bytes of an upload: up to 1 GiB, and no less than a header. */
const uploadBytes = integer(100, 1024 ** 3);

const variable = <T>(
  names: readonly [string, ...string[]],
  fallback: string,
  parse: Variable<T>['parse'],
  description: string,
): Variable<T> => ({
  names,
  fallback,
  parse,
  text: description,
});

/** Every variable that the program reads. The README's table is compared with this by a test. */
export const VARIABLES = {
  port: variable(
    ['PORT', 'PY_BACKEND_PORT'],
    '8081',
    integer(0, 65_535),
    'Port of the HTTP gateway; 0 takes a free one.',
  ),
  host: variable(
    ['HOST'],
    '127.0.0.1',
    text,
    'Address to listen on. Loopback unless you say otherwise: in open mode identities in requests are believed.',
  ),
  mongoUri: variable(
    ['MONGO_URI', 'MONGODB_URI', 'MONGO_URL'],
    '',
    mongoUri,
    'A MongoDB replica set (6.0 or newer). Empty: a `mongod` is found or fetched and run for you.',
  ),
  mongoDbName: variable(['MONGO_DB_NAME'], 'truematch', databaseName, 'Database name.'),
  mongodBin: variable(['MONGOD_BIN'], '', text, 'The `mongod` to run when `MONGO_URI` is empty.'),
  dataDir: variable(
    ['DATA_DIR'],
    './data',
    text,
    'Where the `mongod` that is run for you keeps its data, and uploads are kept.',
  ),
  mongoServerSelectionTimeoutMs: variable(
    ['MONGO_SERVER_SELECTION_TIMEOUT_MS'],
    '2000',
    integer(100, 2_000),
    'How long an operation waits for a usable MongoDB server, in ms.',
  ),
  mongoConnectTimeoutMs: variable(
    ['MONGO_CONNECT_TIMEOUT_MS'],
    '2000',
    integer(100, 60_000),
    'Time limit of one connection attempt to MongoDB, in ms.',
  ),
  mongoSocketTimeoutMs: variable(
    ['MONGO_SOCKET_TIMEOUT_MS'],
    '5000',
    integer(1_000, 60_000),
    'A MongoDB socket that is silent for so long, in ms, is given up.',
  ),
  corsOrigins: variable(
    ['CORS_ORIGINS', 'CORS_ORIGIN'],
    'http://localhost:5173,http://127.0.0.1:5173',
    origins,
    'Origins that browsers may call from, separated by commas.',
  ),
  natsUrl: variable(
    ['NATS_URL'],
    '',
    natsUrls,
    'NATS servers, separated by commas. Empty: all services are in one process and need none.',
  ),
  kafkaEnabled: variable(
    ['KAFKA_ENABLED'],
    'false',
    (value, name) => oneOf('true', 'false')(value, name) === 'true',
    '`true`: every change becomes an event in Kafka, and latest windows are kept ready. `npm run cluster` turns it on unless it is `false`.',
  ),
  kafkaBootstrap: variable(
    ['KAFKA_BOOTSTRAP', 'KAFKA_BOOTSTRAP_SERVERS'],
    '',
    kafkaBrokers,
    'Kafka brokers (2.1 or newer) as `host:port`, separated by commas.',
  ),
  kafkaTls: variable(
    ['KAFKA_TLS'],
    'false',
    (value, name) => oneOf('true', 'false')(value, name) === 'true',
    '`true`: TLS to the brokers, whose certificates are checked; Node’s `NODE_EXTRA_CA_CERTS` names the file of a CA of your own.',
  ),
  kafkaSasl: variable(
    ['KAFKA_SASL'],
    '',
    kafkaSasl,
    'Who the program is to the brokers: `mechanism:name:password`; mechanisms are `plain` (with `KAFKA_TLS`, since it shows the password to the network), `scram-sha-256`, `scram-sha-512`. Empty: nobody.',
  ),
  kafkaHome: variable(
    ['KAFKA_HOME'],
    '',
    text,
    'An unpacked Kafka 4, for the one that is run for you when `KAFKA_BOOTSTRAP` is empty.',
  ),
  kafkaClientId: variable(['KAFKA_CLIENT_ID'], 'truematch', kafkaName, 'What the program calls itself to Kafka.'),
  kafkaTopicPrefix: variable(
    ['KAFKA_TOPIC_PREFIX'],
    'tm',
    kafkaName,
    'What the names of the topics begin with: `tm` for `tm.messages`.',
  ),
  kafkaGroupId: variable(['KAFKA_GROUP_ID'], 'tm-readmodels', kafkaName, 'Consumer group of the read model.'),
  kafkaPartitions: variable(
    ['KAFKA_PARTITIONS'],
    '12',
    integer(1, 1_000),
    'Partitions of topics that are created. Do not change it later: a room would move to another partition.',
  ),
  kafkaReplication: variable(
    ['KAFKA_REPLICATION'],
    '1',
    integer(1, 9),
    'Copies of topics that are created; at most the number of brokers.',
  ),
  nodeId: variable(['NODE_ID'], '', nodeId, 'Name of the process in the cluster. Empty: host name and process id.'),
  healthPort: variable(
    ['HEALTH_PORT'],
    '',
    (value, name) => (value === '' ? null : integer(0, 65_535)(value, name)),
    'Port for `/health/live`, `/health/ready` and `/metrics` of the process, on `HOST`; 0 takes a free one. Empty: none.',
  ),
  authMode: variable(
    ['AUTH_MODE'],
    'open',
    oneOf('open', 'strict'),
    '`open`: identities in requests are believed. `strict`: writes and private reads need a user’s token or a key of `SERVICE_KEYS`.',
  ),
  serviceKeys: variable(
    ['SERVICE_KEYS'],
    '',
    serviceKeys,
    'Services, which may act for any user: `name:key`, separated by commas; a key has at least 24 characters.',
  ),
  trustProxy: variable(
    ['TRUST_PROXY'],
    '0',
    integer(0, 10),
    'Proxies in front of the gateway that add to `X-Forwarded-For`. What an address may do is counted by the one they tell; 0 counts the connection’s own.',
  ),
  adminToken: variable(
    ['ADMIN_TOKEN'],
    '',
    adminToken,
    'Token of the administrator, at least 24 characters. Empty: in strict mode there are no administrator’s calls.',
  ),
  jwtSecret: variable(
    ['JWT_SECRET'],
    '',
    jwtSecrets,
    'Secrets of the users’ tokens, at least 32 bytes each, separated by commas: the first signs, all verify. Empty in open mode: a random one is kept in the database.',
  ),
  authTokenTtl: variable(
    ['AUTH_TOKEN_TTL'],
    '86400',
    integer(60, 31_536_000),
    'Seconds for which a user’s token holds.',
  ),
  authRateLimitWindow: variable(
    ['AUTH_RATE_LIMIT_WINDOW'],
    '60',
    integer(1, 86_400),
    'Seconds in which sign-ups and log-ins are counted.',
  ),
  authRateLimitMax: variable(
    ['AUTH_RATE_LIMIT_MAX'],
    '20',
    integer(1, 1_000_000),
    'Sign-ups, and log-ins, that an address may try in that time; and log-ins to one name.',
  ),
  vapidPublicKey: variable(
    ['VAPID_PUBLIC_KEY'],
    '',
    vapidKey(65),
    'Public key that browsers subscribe to notifications with, base64url. Empty: none are sent.',
  ),
  vapidPrivateKey: variable(['VAPID_PRIVATE_KEY'], '', vapidKey(32), 'The private key of the same pair.'),
  vapidSubject: variable(
    ['VAPID_SUBJECT'],
    'mailto:admin@example.com',
    contact,
    'Where push services reach you: a `mailto:` or `https:` address.',
  ),
  pushPreview: variable(
    ['PUSH_PREVIEW'],
    'true',
    (value, name) => oneOf('true', 'false')(value, name) === 'true',
    '`false`: notifications of direct messages leave the text out.',
  ),
  pushPrivateAddresses: variable(
    ['PUSH_PRIVATE_ADDRESSES'],
    'false',
    (value, name) => oneOf('true', 'false')(value, name) === 'true',
    '`true`: push services may be in the private network. For tests: who subscribes says where we connect to.',
  ),
  rateLimitReads: variable(
    ['RATE_LIMIT_READS'],
    '6000',
    perMinute,
    'Reads that a user, or an address without a token, may make in a minute; 0: any number.',
  ),
  rateLimitWrites: variable(['RATE_LIMIT_WRITES'], '600', perMinute, 'The same for writes.'),
  rateLimitUploads: variable(['RATE_LIMIT_UPLOADS'], '60', perMinute, 'The same for uploads.'),
  rateLimitServiceFactor: variable(
    ['RATE_LIMIT_SERVICE_FACTOR'],
    '2000',
    integer(1, 1_000_000),
    'How many times as much a service key may, and in open mode who sends no token: a socket server speaks for everybody.',
  ),
  apiUrl: variable(['API_URL'], 'http://localhost:8080/api', httpUrl, 'The socket server, asked for online counts.'),
  onlineCountsTtl: variable(['ONLINE_COUNTS_TTL'], '5', integer(0, 3_600), 'Seconds for which online counts are kept.'),
  slowRequestMs: variable(
    ['SLOW_REQUEST_MS'],
    '800',
    integer(1, 600_000),
    'Requests slower than this, in ms, are logged.',
  ),
  logLevel: variable(
    ['LOG_LEVEL'],
    'info',
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'Least level that is logged.',
  ),
  logFormat: variable(
    ['LOG_FORMAT'],
    'auto',
    oneOf('auto', 'json', 'pretty'),
    '`json`: one object a line; `pretty`: for people; `auto`: pretty in a terminal.',
  ),
  publicUrl: variable(
    ['PUBLIC_URL'],
    '',
    optionalUrl,
    'Where browsers reach the gateway, such as `https://api.example.com`: what URLs of media begin with. Empty: the host of the request.',
  ),
  mediaStore: variable(
    ['MEDIA_STORE'],
    'auto',
    oneOf('auto', 'cloudinary', 'disk'),
    'Where uploads are kept. `auto`: in Cloudinary when an account is named, else on the disk.',
  ),
  mediaDir: variable(
    ['MEDIA_DIR'],
    '',
    text,
    'Folder of the uploads on the disk; all media services share it. Empty: `media` in `DATA_DIR`.',
  ),
  mediaPort: variable(
    ['MEDIA_PORT'],
    '0',
    integer(0, 65_535),
    'Port on which the media service takes uploads from the gateways, on `HOST`; 0 takes a free one.',
  ),
  cloudinaryUrl: variable(
    ['CLOUDINARY_URL'],
    '',
    cloudinaryUrl,
    'The Cloudinary account as `cloudinary://KEY:SECRET@NAME`. Or use the next three.',
  ),
  cloudinaryCloudName: variable(['CLOUDINARY_CLOUD_NAME'], '', text, 'Name of the Cloudinary account.'),
  cloudinaryApiKey: variable(['CLOUDINARY_API_KEY'], '', text, 'Its key.'),
  cloudinaryApiSecret: variable(['CLOUDINARY_API_SECRET'], '', text, 'Its secret.'),
  cloudinaryAvatarFolder: variable(
    ['CLOUDINARY_AVATAR_FOLDER'],
    'funly/avatars',
    cloudinaryFolder,
    'Folder of avatars in Cloudinary.',
  ),
  cloudinaryChatFolder: variable(
    ['CLOUDINARY_CHAT_FOLDER'],
    'funly/chat',
    cloudinaryFolder,
    'Folder of what is sent in rooms.',
  ),
  cloudinaryDatingFolder: variable(
    ['CLOUDINARY_DATING_FOLDER'],
    'funly/dating',
    cloudinaryFolder,
    'Folder of dating photos.',
  ),
  maxAvatarBytes: variable(['MAX_AVATAR_BYTES'], String(5 * MIB), uploadBytes, 'Largest avatar, in bytes.'),
  maxDatingBytes: variable(['MAX_DATING_BYTES'], String(5 * MIB), uploadBytes, 'Largest dating photo, in bytes.'),
  maxChatImageBytes: variable(
    ['MAX_CHAT_IMAGE_BYTES'],
    String(10 * MIB),
    uploadBytes,
    'Largest image of a message, in bytes.',
  ),
  maxChatVideoBytes: variable(
    ['MAX_CHAT_VIDEO_BYTES'],
    String(50 * MIB),
    uploadBytes,
    'Largest video of a message, in bytes.',
  ),
  maxChatAudioBytes: variable(
    ['MAX_CHAT_AUDIO_BYTES'],
    String(25 * MIB),
    uploadBytes,
    'Largest recording of a message, in bytes.',
  ),
} satisfies Record<string, Variable<unknown>>;

export type Config = { readonly [K in keyof typeof VARIABLES]: ReturnType<(typeof VARIABLES)[K]['parse']> };

/** For who reads the configuration. */
export interface ReadOptions {
  /** The program starts a Kafka when none is named: events may be on without an address. */
  startsKafka?: boolean;
}

/** Reads a configuration from `env`. Throws ConfigError for a value that cannot be used. Blank values count as absent. */
export function loadConfig(env: Record<string, string | undefined>, { startsKafka = false }: ReadOptions = {}): Config {
  const entries = Object.entries(VARIABLES).map(([key, { names, fallback, parse }]) => {
    const name = names.find((one) => env[one]?.trim()) ?? names[0];
    return [key, parse(env[name]?.trim() || fallback, name)];
  });
  const read = Object.freeze(Object.fromEntries(entries)) as Config;
  if (read.authMode === 'strict' && read.jwtSecret.length === 0)
    throw new ConfigError('JWT_SECRET: AUTH_MODE=strict needs at least one secret of 32 bytes or more');
  if ((read.vapidPublicKey === '') !== (read.vapidPrivateKey === ''))
    throw new ConfigError('VAPID_PRIVATE_KEY: VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY come as a pair');
  if (read.kafkaEnabled && read.kafkaBootstrap.length === 0 && !startsKafka)
    throw new ConfigError('KAFKA_BOOTSTRAP: KAFKA_ENABLED=true needs at least one host:port');
  if ((read.kafkaTls || read.kafkaSasl) && read.kafkaBootstrap.length === 0)
    throw new ConfigError('KAFKA_BOOTSTRAP: KAFKA_TLS and KAFKA_SASL are for the brokers that it names');
  if (read.mediaStore === 'cloudinary' && !cloudinaryAccount(read))
    throw new ConfigError(
      'CLOUDINARY_URL: MEDIA_STORE=cloudinary needs it, or CLOUDINARY_CLOUD_NAME, CLOUDINARY_API_KEY and CLOUDINARY_API_SECRET',
    );
  return read;
}

/** The Cloudinary account that the configuration names, whole; null when it names none. */
export function cloudinaryAccount(from: Config): CloudinaryAccount | null {
  const { cloudinaryCloudName: cloudName, cloudinaryApiKey: apiKey, cloudinaryApiSecret: apiSecret } = from;
  return from.cloudinaryUrl ?? (cloudName && apiKey && apiSecret ? { cloudName, apiKey, apiSecret } : null);
}

/** The folder of uploads on the disk. */
export const mediaFolder = ({ mediaDir, dataDir }: Pick<Config, 'mediaDir' | 'dataDir'>): string =>
  mediaDir || join(dataDir, 'media');

let loaded: Config | undefined;

const environment = (): Record<string, string | undefined> => ({
  ...(existsSync('.env') ? parseEnv(readFileSync('.env', 'utf8')) : {}),
  ...process.env,
});

/** The process's configuration: the environment over `.env`, read, with `options`, at the first call. */
export function config(options?: ReadOptions): Config {
  loaded ??= loadConfig(environment(), options);
  return loaded;
}

/** True when the environment or `.env` says something about the variable: its value is then no default. */
export function isGiven(key: keyof typeof VARIABLES): boolean {
  const env = environment();
  return VARIABLES[key].names.some((one) => env[one]?.trim());
}

/** Replaces the process's configuration: the program that starts a `mongod` tells the services its address so. */
export function useConfig(replacement: Config): void {
  loaded = Object.freeze({ ...replacement });
}
