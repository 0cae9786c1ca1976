import type { Session } from '../api/types';

/** Somebody signed in, for tests of what they see. */
export const me: Session = {
  user: { id: 'u1', name: 'Ada', login: 'ada', role: 'sales', locale: 'en' },
  tenant: {
    key: 'demo',
    name: 'Demo',
    currency: 'CNY',
    timeZone: 'Asia/Shanghai',
    locale: 'zh-CN',
    modules: ['leads', 'opportunities', 'customers', 'imports'],
  },
  serverTime: '2026-11-21T00:00:00.000Z',
};
