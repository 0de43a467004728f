import { useSearchParams } from 'react-router';

/** What a page keeps in the query of its address, and how one of it is set; an empty value takes it out. */
export function useQueryState() {
  const [params, setParams] = useSearchParams();
  const set = (name: string, value: string, replace = true) =>
    setParams(
      (old) => {
        const next = new URLSearchParams(old);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace },
    );
  return [params, set] as const;
}
