// The text that somebody is writing, and what is wrong with it.
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ask } from '../../api/client';
import { builtinText, versionOf, type Finding, type OwnTemplate, type TemplateTest } from '../../api/templates';

export interface Draft {
  text: string;
  tests: TemplateTest[];
  /** The version it was begun from. */
  from: number;
}

/** Checks wait this long for the next letter, in ms. */
const PAUSE = 500;

export function useDraft(template: OwnTemplate) {
  const [draft, setDraft] = useState<Draft>();
  const [start] = useState(template.latest);
  const builtin = useQuery(builtinText(template.model, template.file));
  const first = useQuery({ ...versionOf(template.id, start), enabled: start > 0 });
  const begun = start > 0 ? first.data : builtin.data;
  useEffect(() => {
    if (begun) setDraft((now) => now ?? { text: begun.text ?? '', tests: 'tests' in begun ? (begun.tests ?? []) : [], from: start });
  }, [begun, start]);
  const [saved, setSaved] = useState<Draft>();
  useEffect(() => {
    if (draft && !saved) setSaved(draft);
  }, [draft, saved]);
  const dirty = !!draft && !!saved && (draft.text !== saved.text || JSON.stringify(draft.tests) !== JSON.stringify(saved.tests));
  useLeaveWarning(dirty);
  return { draft, setDraft, markSaved: setSaved, dirty, builtin: builtin.data?.text, error: builtin.error ?? first.error };
}

/** What is wrong with a text; undefined while it is not known. */
export function useCheck(template: OwnTemplate, text: string | undefined): { findings?: Finding[]; checked?: string; error: Error | null } {
  const [settled] = useDebouncedValue(text, PAUSE);
  const check = useQuery({
    queryKey: ['check', template.model, template.file, settled],
    queryFn: ({ signal }) => ask<{ findings: Finding[] }>('POST', '/custom-templates/check', { model: template.model, file: template.file, text: settled }, signal),
    enabled: settled !== undefined,
    gcTime: 60_000,
    placeholderData: (before) => before,
  });
  return { findings: check.data?.findings, checked: check.isPlaceholderData ? undefined : settled, error: check.error };
}

function useLeaveWarning(dirty: boolean) {
  useEffect(() => {
    if (!dirty) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [dirty]);
}
