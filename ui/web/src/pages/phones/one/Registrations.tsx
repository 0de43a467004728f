// How the registrations of one phone came and went.
import { Group, Stack, Text, Title } from '@mantine/core';
import { IconCircleCheck, IconCircleMinus, IconPlugConnectedX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask } from '../../../api/client';
import type { LineHistory } from '../../../api/sight';
import type { Device } from '../../../api/types';
import { Failed, Loading } from '../../../parts/States';
import { At } from '../../../parts/time';
import { Flapping } from '../../sight/Registrations';
import { StartTrace } from '../../sight/StartTrace';
import classes from '../Phones.module.css';
import { nameOf } from '../words';
import '../../../text/sight';

const ICON = { registered: IconCircleCheck, lost: IconPlugConnectedX, gone: IconCircleMinus };
const OUTCOME = { registered: 'served', lost: 'refused', gone: 'absent' } as const;

export default function Registrations({ device }: { device: Device }) {
  const { t } = useTranslation();
  // A change of the phone's registration means that there is more to read.
  const past = useQuery({
    queryKey: ['past', device.id, device.registered, device.registration?.since, device.registration?.source],
    queryFn: async ({ signal }) => (await ask<{ lines: LineHistory[] | null }>('GET', `/devices/${device.id}/registrations`, undefined, signal)).lines ?? [],
    placeholderData: (before) => before,
    gcTime: 10_000,
  });
  return (
    <Stack maw={820}>
      <Group justify="space-between" align="flex-start">
        <Text size="sm" c="dimmed" maw={560}>
          {t('registrations.past')}
        </Text>
        <StartTrace of={{ device: device.id }} name={nameOf(device, device.mac)} />
      </Group>
      {past.error && <Failed error={past.error} onRetry={() => void past.refetch()} />}
      {past.isPending && <Loading />}
      {past.data?.map((line) => <Line key={line.line} line={line} />)}
    </Stack>
  );
}

function Line({ line }: { line: LineHistory }) {
  const { t } = useTranslation();
  const steps = [...(line.steps ?? [])].reverse();
  return (
    <section>
      <Group gap={8} mb={6}>
        <Title order={2} size="h5">
          {t('registrations.line', { line: line.line })}
        </Title>
        {line.flapping && <Flapping />}
      </Group>
      {steps.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('registrations.noPast')}
        </Text>
      )}
      <ol className={classes.journal}>
        {steps.map((s, i) => {
          const Icon = ICON[s.kind];
          return (
            <li key={`${s.at} ${steps.length - i}`} className={classes.entry}>
              <Icon size={18} aria-hidden="true" className={classes.mark} data-outcome={OUTCOME[s.kind]} />
              <Group justify="space-between" gap="xs" wrap="nowrap" align="baseline">
                <Text size="sm" fw={500}>
                  {t(`registrations.kinds.${s.kind}`)}
                </Text>
                <Text size="xs" c="dimmed" className={classes.registered}>
                  <At at={s.at} short />
                </Text>
              </Group>
              <Text size="xs" c="dimmed">
                {[s.source, s.transport.toUpperCase(), s.user_agent].filter(Boolean).join(' · ')}
              </Text>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
