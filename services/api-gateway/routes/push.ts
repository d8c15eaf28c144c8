import { callAction } from '#services/api-gateway/handlers/call-action.ts';
import type { Route } from '#services/api-gateway/routes/route.ts';

const common = { tag: 'Push', handle: callAction } as const;

const subscription = {
  endpoint: 'https://push.example.com/1',
  keys: {
    p256dh: 'BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM',
    auth: 'tBHItJI5svbpez7KI4CCXg',
  },
};

/** Notifications of browsers (Web Push). */
export const pushRoutes: readonly Route[] = [
  {
    ...common,
    method: 'GET',
    path: '/api/push/public-key',
    access: 'public',
    action: 'profiles.pushKey',
    summary: 'The key that browsers subscribe with',
    description: 'Null when no VAPID keys are configured: then nothing is sent.',
    example: { response: { key: null } },
  },
  {
    ...common,
    method: 'POST',
    path: '/api/push/subscribe',
    access: 'user',
    byUser: true,
    action: 'profiles.subscribe',
    body: ['endpoint', 'keys'],
    summary: 'Take notifications on this device',
    description:
      'The JSON of a PushSubscription. With a user’s token the device is his and hears of his new direct messages; he ' +
      'has 20 at most, the newest. The endpoint must be an https address in the public network.',
    errors: ['validation_failed'],
    example: { body: subscription, response: { ok: true } },
  },
  {
    ...common,
    method: 'POST',
    path: '/api/push/unsubscribe',
    access: 'user',
    byUser: true,
    action: 'profiles.unsubscribe',
    body: ['endpoint', 'keys'],
    summary: 'Take no more notifications on this device',
    description: 'Succeeds also when there was none. A user’s token does not end what another user subscribed.',
    errors: ['validation_failed'],
    example: { body: subscription, response: { ok: true } },
  },
  {
    ...common,
    method: 'POST',
    path: '/api/push/test',
    access: 'service',
    action: 'profiles.pushTest',
    body: ['title', 'body', 'url', 'userId'],
    summary: 'Send a notification now',
    description:
      'To the devices of one user, or, when none is named, to up to 100 that belong to nobody; never to all.',
    errors: ['push_not_configured', 'validation_failed'],
    example: { body: { title: 'Hello', body: 'It works' }, response: { sent: 0, failed: 0 } },
  },
];
