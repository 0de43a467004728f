// Roll-outs with their progress, and how they are stopped.
import { Badge, Button, Group, Paper, Progress, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { useRollouts, type Rollout } from '../../api/rollouts';
import { Ask } from '../../parts/Ask';
import { tellProblem } from '../../parts/notify';
import { Failed, Loading } from '../../parts/States';
import { useMay } from '../../session/session';
import '../../text/templates';

export function Rollouts({ kind, subject }: { kind: Rollout['kind']; subject?: string }) {
  const { t } = useTranslation();
  const mayRead = useMay('rollouts.read');
  const list = useRollouts(mayRead);
  if (!mayRead) return null;
  if (list.isPending) return <Loading />;
  if (list.error) return <Failed error={list.error} onRetry={() => void list.refetch()} />;
  const rows = list.data.filter((r) => r.kind === kind && (!subject || r.subject === subject));
  if (rows.length === 0) return <Text c="dimmed">{t('rollouts.empty')}</Text>;
  return (
    <Stack gap="sm">
      {rows.map((r) => (
        <One key={r.id} rollout={r} />
      ))}
    </Stack>
  );
}

function One({ rollout: r }: { rollout: Rollout }) {
  const { t } = useTranslation();
  const mayWrite = useMay('rollouts.write');
  const queries = useQueryClient();
  const [asking, dialog] = useDisclosure(false);
  const act = useMutation({
    mutationFn: (what: 'pause' | 'resume' | 'stop') => ask('POST', `/rollouts/${r.id}/${what}`),
    onError: tellProblem,
    onSettled: () => {
      dialog.close();
      void queries.invalidateQueries({ queryKey: ['custom-templates'] });
      return queries.invalidateQueries({ queryKey: ['rollouts'] });
    },
  });
  const open = r.state === 'running' || r.state === 'paused';
  const stage = r.stages[r.stage];
  const counts = [
    r.waiting > 0 && t('rollouts.waiting', { count: r.waiting }),
    t('rollouts.registered', { count: r.registered }),
    r.failed > 0 && t('rollouts.failed', { count: r.failed }),
  ].filter(Boolean);
  return (
    <Paper withBorder p="sm" data-rollout={r.state}>
      <Group justify="space-between" mb={6}>
        <Text fw={600} size="sm">
          {t('rollouts.of', { subject: r.name, target: r.target })}
        </Text>
        <Badge variant="default">{t(`rollouts.states.${r.state}`)}</Badge>
      </Group>
      <Progress value={r.phones ? (100 * r.done) / r.phones : 0} aria-label={t('rollouts.progress', { done: r.done, phones: r.phones })} />
      <Text size="sm" mt={6} role="status">
        {t('rollouts.progress', { done: r.done, phones: r.phones })}
        {stage !== undefined && open && ` · ${t('rollouts.stage', { n: r.stage + 1, of: r.stages.length, percent: stage })}`}
      </Text>
      <Text size="sm" c="dimmed">
        {counts.join(', ')}
      </Text>
      {r.reason && <Text size="sm">{r.reason}</Text>}
      {open && mayWrite && (
        <Group gap="xs" mt="xs">
          <Button size="xs" variant="default" loading={act.isPending} onClick={() => act.mutate(r.state === 'paused' ? 'resume' : 'pause')}>
            {t(r.state === 'paused' ? 'rollouts.resume' : 'rollouts.pause')}
          </Button>
          <Button size="xs" color="red" variant="light" onClick={dialog.open}>
            {t('rollouts.stop')}
          </Button>
        </Group>
      )}
      <Ask opened={asking} title={t('rollouts.stopTitle')} confirm={t('rollouts.stop')} danger busy={act.isPending} onConfirm={() => act.mutate('stop')} onClose={dialog.close}>
        {t('rollouts.stopText')}
      </Ask>
    </Paper>
  );
}
