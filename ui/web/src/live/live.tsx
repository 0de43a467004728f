import { useQueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import { useMay, useSignOut } from '../session/session';
import type { LiveState } from './state';
import { Stream } from './stream';

const Context = createContext<Stream | null>(null);

/** Keeps one line to the appliance open for all pages below it. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const devices = useMay('devices.read');
  const calls = useMay('calls.read');
  const signOut = useSignOut();
  const over = useRef(signOut);
  over.current = signOut;
  const queries = useQueryClient();
  const [stream] = useState(
    () => new Stream({ devices, calls, onLoggedOut: () => over.current(), onNews: (list) => void queries.invalidateQueries({ queryKey: [list] }) }),
  );
  useEffect(() => {
    if (!devices && !calls) return undefined;
    stream.start();
    return () => stream.stop();
  }, [stream, devices, calls]);
  return <Context value={stream}>{children}</Context>;
}

/** The line itself. */
export function useStream(): Stream {
  const stream = use(Context);
  if (!stream) throw new Error('no LiveProvider above');
  return stream;
}

/** What the line keeps up to date. */
export function useLive(): LiveState {
  const stream = useStream();
  return useSyncExternalStore(stream.subscribe, stream.snapshot);
}
