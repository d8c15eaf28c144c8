import { parseArgs } from 'node:util';
import { cloudinaryAccount, config, ConfigError, mediaFolder } from '#shared/config.ts';
import { DiskFolder } from '#services/media/store/disk-folder.ts';
import { withDatabase } from '#tools/database.ts';
import { collectGarbage, SPARED_MS } from '#tools/media/collect-garbage.ts';
import { isTold } from '#tools/told-error.ts';

const USAGE = `Looks after the uploaded files in MEDIA_DIR, while the cluster serves.

  npm run media -- gc              removes files older than a day that no document names
  npm run media -- gc --dry-run    only tells which

Files in Cloudinary are not looked at.
`;

const report = (name: string): void => void process.stdout.write(`${name}\n`);

async function gc(dryRun: boolean): Promise<string> {
  const settings = config();
  if (settings.mediaStore !== 'disk' && cloudinaryAccount(settings))
    throw new ConfigError('MEDIA_STORE: uploads are in Cloudinary, whose files are not looked at');
  const folder = new DiskFolder(mediaFolder(settings));
  const options = { dryRun, before: Date.now() - SPARED_MS, report };
  const { files, bytes } = await withDatabase(settings, (db) => collectGarbage(folder, db, options));
  return `${files} files, ${(bytes / 1e6).toFixed(1)} MB ${dryRun ? 'would be removed' : 'removed'}\n`;
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'dry-run': { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
  });
  if (positionals.join(' ') === 'gc' && !values.help) process.stdout.write(await gc(values['dry-run']));
  else {
    process.stdout.write(USAGE);
    process.exitCode = values.help ? 0 : 2;
  }
} catch (error) {
  process.exitCode = 2;
  if (!isTold(error)) throw error;
  process.stderr.write(`media: ${error.message}\n`);
}
