import type { Db, Document } from 'mongodb';
import { eventOf } from '#shared/events/envelope.ts';
import { profileCreated, type ProfileState, profileUpdated } from '#shared/events/profile-events.ts';
import type { Source } from '#shared/relay/source.ts';
import { stateSource } from '#shared/relay/state-source.ts';
import type { Millis } from '#shared/room-log/types.ts';
import { profileView } from '#services/profiles/accounts/profile-view.ts';
import { isVisible } from '#services/profiles/dating/dating.ts';
import { type DatingDocument, readDating } from '#services/profiles/dating/stored.ts';

/** What the relay of profiles follows. There are no deletions: nothing takes an account away. */
export function profileSource(db: Db): Source {
  return stateSource(db, 'profiles', 'profiles', [{ collection: 'profiles', present: profileEvent }]);
}

/** Null for a dating profile without an account: it has no userId to be known by. */
export function profileEvent(stored: Document, how: 'created' | 'updated', at: Millis) {
  const document = stored as DatingDocument;
  const { userId, rev = 0 } = document;
  if (userId === undefined) return null;
  const definition = how === 'created' ? profileCreated : profileUpdated;
  const data = { userId, rev, profile: stateOf(document) };
  return eventOf(definition, { id: `profile:${userId}:${rev}`, subject: userId, at }, data);
}

/** What everybody may see: no friends, no coordinates. */
function stateOf(document: DatingDocument): ProfileState {
  const { userId, username, avatarUrl, createdAt, updatedAt } = profileView(document);
  const dating = readDating(document);
  const { displayName = null, age = null, gender = null, mood = null, photos = [], location } = dating;
  const { city = null, state = null, country = null } = location ?? {};
  return {
    userId,
    username,
    avatarUrl,
    hasDatingProfile: document.hasDatingProfile === true || isVisible(dating),
    displayName,
    age,
    gender,
    mood,
    photos,
    location: location ? { city, state, country } : null,
    createdAt,
    updatedAt,
  };
}
