import { QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { cache } from '../api/cache';
import type { Session } from '../api/types';
import { SignedIn } from './session';

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

/** What they see of a part of the page. */
export const seenByMe = (part: ReactNode) => (
  <QueryClientProvider client={cache}>
    <SignedIn session={me}>{part}</SignedIn>
  </QueryClientProvider>
);
