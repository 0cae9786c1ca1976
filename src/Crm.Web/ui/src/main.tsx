import './platform/nonce';
import { registerSW } from 'virtual:pwa-register';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { cache } from './api/cache';
import { whenForbidden, whenSignedOut } from './api/client';
import { router } from './app/AppRouter';
import { AppTheme } from './app/AppTheme';
import { whenRenewed } from './live/connection';
import { noticeRights } from './rights/useRights';
import { forget } from './session/session';
import './i18n/i18n';
import './app/tokens.css';
import './app/app.css';
import './ui/ui.css';
import './ui/settings.css';
import './records/records.css';
import './records/record.css';

whenSignedOut(forget);
whenForbidden(noticeRights);
whenRenewed(noticeRights);
registerSW({ immediate: true });

const element = document.getElementById('root');
if (!element) throw new Error('index.html has no #root');
createRoot(element).render(
  <StrictMode>
    <QueryClientProvider client={cache}>
      <AppTheme>
        <RouterProvider router={router} />
      </AppTheme>
    </QueryClientProvider>
  </StrictMode>,
);
