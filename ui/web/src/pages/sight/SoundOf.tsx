import { Button, Group, Modal, Table, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle, IconEarOff, IconMoodHappy, IconMoodNeutral, IconMoodSad } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Sound } from '../../api/types';
import { classOf, lossOf, millis, percent, worstOf } from '../../parts/sound';
import '../../text/records';

const ICON = { high: IconMoodHappy, medium: IconMoodNeutral, low: IconMoodSad, poor: IconAlertTriangle, unknown: IconMoodNeutral };

interface Props {
  ends: readonly Sound[] | null | undefined;
  from: string;
  to: string;
  /** The call is over. */
  over?: boolean;
}

/** How a call sounds in one line: the lower of both ends, and who is not heard. */
export function SoundOf({ ends, from, to, over }: Props) {
  const { t } = useTranslation();
  const heard = ends ?? [];
  const mos = worstOf(heard, (s) => s.mos);
  if (heard.length === 0 || (mos === undefined && !heard.some((s) => s.silent))) return null;
  const kind = classOf(mos ?? 0);
  const Icon = ICON[kind];
  const worst = worstOf(heard, (s) => s.worst_mos);
  return (
    <div>
      <Group gap={6} wrap="nowrap">
        <Icon size={18} aria-hidden="true" />
        <Text size="sm">
          {t(`sound.classes.${kind}`)} {mos !== undefined && <span className="mono">{mos.toFixed(1)}</span>}
        </Text>
      </Group>
      {worst !== undefined && mos !== undefined && worst < mos - 0.15 && (
        <Text size="xs" c="dimmed">
          {t('sound.worst', { mos: worst.toFixed(1) })}
        </Text>
      )}
      {heard.map((s, i) => s.silent && (
        <Group key={i} gap={6} wrap="nowrap">
          <IconEarOff size={16} aria-hidden="true" />
          <Text size="xs">{t(over ? 'sound.wasSilent' : 'sound.silent', { who: i === 0 ? from : to })}</Text>
        </Group>
      ))}
    </div>
  );
}

/** All figures of both ends. */
export function SoundDetails({ ends, from, to }: Props) {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure(false);
  const heard = ends ?? [];
  if (heard.length === 0) return null;
  const rows: [string, (s: Sound) => string][] = [
    [t('sound.mos'), (s) => (s.mos > 0 ? s.mos.toFixed(1) : '')],
    [t('sound.worstMos'), (s) => (s.worst_mos ? s.worst_mos.toFixed(1) : '')],
    [t('sound.loss'), (s) => percent(lossOf(s))],
    [t('sound.worstLoss'), (s) => (s.worst_loss === undefined ? '' : percent(s.worst_loss))],
    [t('sound.jitter'), (s) => millis(s.jitter_ms)],
    [t('sound.worstJitter'), (s) => (s.worst_jitter_ms === undefined ? '' : millis(s.worst_jitter_ms))],
    [t('sound.roundTrip'), (s) => (s.round_trip_ms > 0 ? millis(s.round_trip_ms) : '')],
    [t('sound.codec'), (s) => s.codec],
    [t('sound.encryption'), (s) => s.encryption || t('sound.none')],
    [t('sound.phone'), (s) => phoneSays(s)],
  ];
  return (
    <>
      <Button size="xs" variant="default" onClick={open} aria-label={t('sound.of', { from, to })}>
        {t('sound.details')}
      </Button>
      <Modal opened={opened} onClose={close} title={t('sound.of', { from, to })} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
        <Text size="sm" c="dimmed" mb="sm">
          {t('sound.help')}
        </Text>
        <Table aria-label={t('sound.title')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th />
              {heard.map((_, i) => (
                <Table.Th key={i} scope="col">
                  <span className="mono">{i === 0 ? from : to}</span>
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows
              .map(([name, of]) => [name, heard.map(of)] as const)
              .filter(([, cells]) => cells.some(Boolean))
              .map(([name, cells]) => (
                <Table.Tr key={name}>
                  <Table.Th scope="row">
                    <Text size="sm">{name}</Text>
                  </Table.Th>
                  {cells.map((cell, i) => (
                    <Table.Td key={i}>{cell}</Table.Td>
                  ))}
                </Table.Tr>
              ))}
          </Table.Tbody>
        </Table>
      </Modal>
    </>
  );
}

function phoneSays(s: Sound): string {
  const mos = s.phone?.mos ?? s.phone_mos ?? 0;
  return [mos > 0 ? mos.toFixed(1) : '', s.phone ? percent(s.phone.loss + s.phone.discard) : ''].filter(Boolean).join(', ');
}
