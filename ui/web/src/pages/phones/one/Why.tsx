// "Why not?": the last refused request, held against the rules as they are now.
import { Alert, Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconCircleCheck, IconCircleX, IconInfoCircle, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask } from '../../../api/client';
import type { WhyNot } from '../../../api/onboarding';
import type { Device } from '../../../api/types';
import { Failed, Loading } from '../../../parts/States';
import { At } from '../../../parts/time';
import classes from '../Phones.module.css';

export default function Why({ device }: { device: Device }) {
  const { t } = useTranslation();
  const why = useQuery({
    queryKey: ['whynot', device.id, device.step, device.last_step?.at],
    queryFn: ({ signal }) => ask<WhyNot>('GET', `/devices/${device.id}/whynot`, undefined, signal),
    retry: false,
    gcTime: 0,
  });
  return (
    <Stack maw={820}>
      <Group justify="space-between" align="flex-start">
        <Text size="sm" c="dimmed" maw={560}>
          {t('why.help')}
        </Text>
        <Button size="xs" variant="default" leftSection={<IconRefresh size={15} />} loading={why.isFetching} onClick={() => void why.refetch()}>
          {t('why.again')}
        </Button>
      </Group>
      {why.isPending && <Loading />}
      {why.error && <Failed error={why.error} onRetry={() => void why.refetch()} />}
      {why.data && <Verdict why={why.data} />}
    </Stack>
  );
}

function Verdict({ why }: { why: WhyNot }) {
  const { t } = useTranslation();
  const steps = why.steps ?? [];
  const good = steps.every((s) => s.ok);
  if (!why.request) {
    return (
      <Alert icon={<IconInfoCircle />} role="status">
        {why.verdict}
      </Alert>
    );
  }
  return (
    <>
      <Alert color={good ? 'teal' : 'orange'} icon={good ? <IconCircleCheck /> : <IconCircleX />} role="status">
        <Text fw={600}>{why.verdict}</Text>
      </Alert>
      <Title order={2} size="h5">
        {t('why.conditions')}
      </Title>
      <ol className={classes.journal}>
        {steps.map((s) => {
          const Icon = s.ok ? IconCircleCheck : IconCircleX;
          return (
            <li key={s.rule} className={classes.entry}>
              <Icon size={18} aria-hidden="true" className={classes.mark} data-outcome={s.ok ? 'served' : 'refused'} />
              <Text size="sm" fw={500}>
                {s.rule} <span className="onlyRead">{s.ok ? t('why.ok') : t('why.failed')}</span>
              </Text>
              <Text size="sm" c={s.ok ? 'dimmed' : undefined}>
                {s.text}
              </Text>
            </li>
          );
        })}
      </ol>
      <Title order={2} size="h5">
        {t('why.request')}
      </Title>
      <dl className={classes.facts}>
        <dt>{t('why.at')}</dt>
        <dd>
          <At at={why.at} />
        </dd>
        <dt>{t('why.door')}</dt>
        <dd>{why.request.door.toUpperCase()}</dd>
        <dt>{t('why.file')}</dt>
        <dd className="mono">{why.request.file}</dd>
        <dt>{t('why.source')}</dt>
        <dd className="mono">{why.request.source}</dd>
        <dt>{t('why.agent')}</dt>
        <dd>{why.request.user_agent || t('common.none')}</dd>
      </dl>
    </>
  );
}
