import { Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleMinus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { askAll } from '../../api/client';
import type { Device, JournalStep } from '../../api/types';
import { Failed, Loading } from '../../parts/States';
import { At } from '../../parts/time';
import { i18next } from '../../text/i18n';
import classes from './Phones.module.css';
import { outcomeOf } from './words';
import '../../text/phones';

/** The time line of what a phone asked for; it grows while one looks. */
export function Journal({ device, onlyRefused = false }: { device: Device; onlyRefused?: boolean }) {
  const { t } = useTranslation();
  // A new last step means that there is more to read.
  const journal = useQuery({
    queryKey: ['journal', device.id, device.last_step?.at, device.last_step?.file, device.last_step?.status],
    queryFn: ({ signal }) => askAll<JournalStep>(`/devices/${device.id}/journal`, signal),
    placeholderData: (before, query) => (query?.queryKey[1] === device.id ? before : undefined),
    gcTime: 10_000,
  });
  if (journal.error) return <Failed error={journal.error} onRetry={() => void journal.refetch()} />;
  if (!journal.data) return <Loading />;
  if (journal.data.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('phones.detail.journalEmpty')}
      </Text>
    );
  }
  const steps = journal.data
    .filter((step) => !onlyRefused || outcomeOf(step) === 'refused')
    .sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  if (steps.length === 0) return <Text size="sm">{t('timeline.noneRefused')}</Text>;
  return (
    <ol className={classes.journal}>
      {steps.map((step, i) => (
        <Entry key={`${step.at} ${step.file} ${steps.length - i}`} step={step} />
      ))}
    </ol>
  );
}

const ICON = { served: IconCircleCheck, absent: IconCircleMinus, refused: IconAlertTriangle };

function Entry({ step }: { step: JournalStep }) {
  const { t } = useTranslation();
  const outcome = outcomeOf(step);
  const number = (n: number, digits = 0) => new Intl.NumberFormat(i18next.language, { maximumFractionDigits: digits }).format(n);
  const details = [
    step.door.toUpperCase(),
    String(step.status),
    step.door !== 'sip' && t('phones.detail.bytes', { bytes: number(step.bytes) }),
    step.door !== 'sip' && t('phones.detail.took', { ms: number(step.took_ms, 1) }),
    step.source && t('phones.detail.from', { source: step.source }),
    step.hash && t('timeline.hash', { hash: step.hash.slice(0, 8) }),
    step.left_out && t('timeline.leftOut', { names: step.left_out }),
    step.tls && [step.tls, step.suite].filter(Boolean).join(' '),
    step.certificate && t('timeline.certificate', { text: step.certificate }),
  ].filter(Boolean);
  const Icon = ICON[outcome];
  return (
    <li className={classes.entry}>
      <Icon size={18} aria-hidden="true" className={classes.mark} data-outcome={outcome} />
      <Group justify="space-between" gap="xs" wrap="nowrap" align="baseline">
        <Text size="sm" fw={500} className="mono">
          {step.file}
        </Text>
        <Text size="xs" c="dimmed" className={classes.registered}>
          <At at={step.at} short />
        </Text>
      </Group>
      {step.rule && (
        <Text size="sm" c={outcome === 'refused' ? undefined : 'dimmed'}>
          {step.rule}
        </Text>
      )}
      <Text size="xs" c="dimmed">
        {details.join(' · ')}
      </Text>
    </li>
  );
}
