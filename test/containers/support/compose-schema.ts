import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The module that has the schema of compose files; Go's checksum database vouches for the content. */
const MODULE = 'github.com/compose-spec/compose-go/v2@v2.9.0';

const run = promisify(execFile);

/** The path of the JSON schema of the Compose Specification. Throws an Error that says what is missing. */
export async function composeSchema(): Promise<string> {
  try {
    const { stdout } = await run('go', ['mod', 'download', '-json', MODULE]);
    const { Dir: folder } = JSON.parse(stdout) as { Dir: string };
    return join(folder, 'schema', 'compose-spec.json');
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    const reason = code === 'ENOENT' ? 'Go is not on the PATH: install Go' : stderr?.trim().slice(-2_000);
    throw new Error(`${MODULE}: ${reason}`, { cause: error });
  }
}
