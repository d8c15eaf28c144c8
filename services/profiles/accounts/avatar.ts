/**
 * An avatar as it is kept, of one that a sign-up or a profile sends: a URL or a data URL of at most LIMITS.avatar
 * characters. Blank: none. The one place where an avatar enters.
 */
export async function keptAvatar(sent: string): Promise<string | null> {
  return sent.trim() || null;
}
