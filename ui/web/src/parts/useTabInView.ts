import { useEffect, useRef } from 'react';

/** Slides a row of tabs so that the open one is seen; for their list. */
export function useTabInView(open: string) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [open]);
  return list;
}
