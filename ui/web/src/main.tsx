import './library.css';
import '@mantine/notifications/styles.css';
import './styles.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { lazy, StrictMode, Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { Problem } from './api/problem';
import { App } from './App';
import { Crash } from './shell/Crash';
import { styleNonce } from './nonce';
import './text/i18n';
import { theme } from './theme';

const Notifications = lazy(async () => ({ default: (await import('@mantine/notifications')).Notifications }));

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      retry: (failures, e) => failures < 2 && (!(e instanceof Problem) || e.status === 0 || e.status >= 502),
    },
  },
});
const scheme = localStorageColorSchemeManager({ key: 'cradle-scheme' });

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={styleNonce} colorSchemeManager={scheme}>
      <Crash>
        <QueryClientProvider client={queries}>
          <BrowserRouter>
            <App />
          </BrowserRouter>
        </QueryClientProvider>
      </Crash>
      <Suspense>
        <Notifications position="bottom-left" limit={4} />
      </Suspense>
    </MantineProvider>
  </StrictMode>,
);
