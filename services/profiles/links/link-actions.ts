import { Fault, invalid } from '#shared/errors.ts';
import { read, write } from '#services/profiles/action.ts';
import { LINKS, linksContract } from '#services/profiles/links/links.contract.ts';

/** The keys under which the links of a name may be: as it is, then in lower case. */
const keysOfName = (name: string): string[] => [name, name.toLowerCase()];

/** Throws 422 for what is no object, or too large. */
function checkLinks(links: readonly unknown[]): void {
  for (const [index, link] of links.entries()) {
    if (typeof link !== 'object' || link === null || Array.isArray(link))
      throw invalid(`links[${index}]`, 'must be an object');
    if (Buffer.byteLength(JSON.stringify(link)) > LINKS.bytes)
      throw invalid(`links[${index}]`, `is over ${LINKS.bytes / 1024} KiB of JSON`);
  }
}

export const linkActions = {
  bio: read(linksContract.bio, async function bio(ctx) {
    const found = await this.repositories.links.bio(ctx.params.userId);
    return { bio: typeof found === 'string' ? found : '' };
  }),
  putBio: write(linksContract.putBio, async function putBio(ctx) {
    const bio = ctx.params.bio ?? '';
    await this.repositories.links.putBio(ctx.params.userId, bio);
    return { bio };
  }),
  links: read(linksContract.links, async function links(ctx) {
    const { userId, legacy } = ctx.params;
    const keys = [userId, ...(legacy ? keysOfName(legacy) : [])];
    return (await this.repositories.links.links(keys)) ?? [];
  }),
  putLinks: write(linksContract.putLinks, async function putLinks(ctx) {
    const { userId, links } = ctx.params;
    checkLinks(links);
    await this.repositories.links.putLinks(userId, links);
    return links;
  }),
  linksByName: read(linksContract.linksByName, async function linksByName(ctx) {
    return (await this.repositories.links.links(keysOfName(ctx.params.username))) ?? [];
  }),
  /** Copies what a name has to a userId; the name keeps it. */
  copyLinks: write(linksContract.copyLinks, async function copyLinks(ctx) {
    const from = ctx.params.from?.trim();
    const to = ctx.params.to?.trim();
    if (!from || !to) throw new Fault('migration_invalid');
    const links = await this.repositories.links.links(keysOfName(from));
    if (links) await this.repositories.links.putLinks(to, links);
    return { success: true };
  }),
};
