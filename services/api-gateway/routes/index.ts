import { accountRoutes } from '#services/api-gateway/routes/accounts.ts';
import { adminRoutes } from '#services/api-gateway/routes/admin.ts';
import { datingRoutes } from '#services/api-gateway/routes/dating.ts';
import { dmRoutes } from '#services/api-gateway/routes/dm.ts';
import { groupRoutes } from '#services/api-gateway/routes/groups.ts';
import { mediaRoutes } from '#services/api-gateway/routes/media.ts';
import { messageRoutes } from '#services/api-gateway/routes/messages.ts';
import { pushRoutes } from '#services/api-gateway/routes/push.ts';
import type { Route } from '#services/api-gateway/routes/route.ts';
import { userRoutes } from '#services/api-gateway/routes/users.ts';
import { systemRoutes } from '#services/api-gateway/routes/system.ts';

/** Everything that the gateway serves. */
export const ROUTES: readonly Route[] = [
  ...groupRoutes,
  ...messageRoutes,
  ...dmRoutes,
  ...accountRoutes,
  ...userRoutes,
  ...datingRoutes,
  ...mediaRoutes,
  ...adminRoutes,
  ...pushRoutes,
  ...systemRoutes,
];
