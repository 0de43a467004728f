import { useEffect, useState } from 'react';

/**
 * False in the first painting. A dialog that is fetched when it is opened first
 * opens after that, so that it sees where the focus was and gives it back.
 */
export function useMounted(): boolean {
  const [mounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  return mounted;
}
