import type { ReactNode } from 'react';
import { LiveProvider } from '../live/live';
import { Shell } from './Shell';

/** What surrounds every page behind the log-in. */
export default function House({ children }: { children: ReactNode }) {
  return (
    <LiveProvider>
      <Shell>{children}</Shell>
    </LiveProvider>
  );
}
