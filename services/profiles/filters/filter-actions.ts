import { Fault } from '#shared/errors.ts';
import { read, write } from '#services/profiles/action.ts';
import { filtersContract, type Filters } from '#services/profiles/filters/filters.contract.ts';
import { filtersView } from '#services/profiles/filters/filters-view.ts';
import type { FilterKey, FiltersRepository } from '#services/profiles/filters/filters.repository.ts';
import { usernameKey } from '#services/profiles/profile.document.ts';

/** Throws `filter_owner_required` for blanks. */
function ownerOf(userId: string): string {
  if (userId.trim() === '') throw new Fault('filter_owner_required');
  return userId;
}

const keyOf = (sent: { userId: string; groupId: string; username: string }): FilterKey => ({
  userId: ownerOf(sent.userId),
  groupId: sent.groupId.trim(),
  usernameLower: usernameKey(sent.username),
});

async function filtersOf(filters: FiltersRepository, userId: string): Promise<Filters> {
  const [items, removals] = await Promise.all([filters.of(userId), filters.removalsOf(userId, Date.now())]);
  return filtersView(userId, items, removals);
}

export const filterActions = {
  filters: read(filtersContract.filters, async function filters(ctx) {
    return filtersOf(this.repositories.filters, ownerOf(ctx.params.userId));
  }),
  addFilter: write(filtersContract.addFilter, async function addFilter(ctx) {
    const key = keyOf(ctx.params);
    const added = await this.repositories.filters.put(key, ctx.params.username.trim());
    if (!added) throw new Fault('filters_full');
    return filtersOf(this.repositories.filters, key.userId);
  }),
  removeFilter: write(filtersContract.removeFilter, async function removeFilter(ctx) {
    const key = keyOf(ctx.params);
    await this.repositories.filters.remove(key, Date.now());
    return filtersOf(this.repositories.filters, key.userId);
  }),
};
