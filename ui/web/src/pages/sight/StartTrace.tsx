import { Button } from '@mantine/core';
import { IconActivity } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ask } from '../../api/client';
import type { Trace } from '../../api/sight';
import { tell, tellProblem } from '../../parts/notify';
import { useMay } from '../../session/session';
import '../../text/sight';

/** Begins to trace a phone or a call, and opens the trace. */
export function StartTrace({ of: subject, name }: { of: { device: string } | { call: string }; name: string }) {
  const { t } = useTranslation();
  const may = useMay('traces.write');
  const navigate = useNavigate();
  const queries = useQueryClient();
  const start = useMutation({
    mutationFn: () => ask<Trace>('POST', '/traces', subject),
    onSuccess: (trace) => {
      tell(t('traces.begun'));
      void queries.invalidateQueries({ queryKey: ['traces'] });
      void navigate(`/traces/${trace.id}`);
    },
    onError: tellProblem,
  });
  if (!may) return null;
  return (
    <Button size="xs" variant="default" leftSection={<IconActivity size={15} aria-hidden="true" />} loading={start.isPending} aria-label={t('traces.startOf', { name })} onClick={() => start.mutate()}>
      {t('traces.start')}
    </Button>
  );
}
