import { Alert, Button, Group, Loader, Select, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useMemo, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { sit } from '../../api/seats';
import type { Device } from '../../api/types';
import { useLive } from '../../live/live';
import { FormEnd } from '../../parts/FormEnd';
import { NoneFree } from '../inventory/NoneFree';
import { nameOf } from '../phones/words';
import type { DialogProps } from './Options';
import { refusal } from './refusal';
import { handsets, labelOf, PENDING_FOR, withName } from './rows';

/** Logs a number in at a handset of its site, by Phone ID. */
export default function HandsetLogin({ row: { number, extension }, onBusy, onClose }: DialogProps) {
  const { t } = useTranslation();
  const { devices } = useLive();
  const [id, setId] = useState<string | null>(null);
  const { list, manual } = useMemo(() => handsets(number.site?.id, devices.values()), [number.site?.id, devices]);
  const chosen = list.find((d) => d.phone_id === id);
  const login = useMutation({
    mutationFn: () => sit(extension?.number ?? '', id ?? ''),
    onMutate: () => onBusy(true),
    onSettled: () => onBusy(false),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (id) login.mutate();
  };
  if (login.isSuccess && chosen) return <Result device={chosen} number={number.number} label={labelOf(number) || number.number} since={login.submittedAt} onClose={onClose} />;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text size="sm" c="dimmed">
          {t('telephony.handset.text', { number: number.number })}
        </Text>
        {login.error && (
          <Alert color="red" role="alert">
            {refusal(login.error)}
          </Alert>
        )}
        {list.length === 0 ? (
          <NoneFree site={number.site?.name ?? ''} />
        ) : (
          <Select
            label={t('telephony.handset.phone')}
            data={list.map((d) => ({ value: d.phone_id, label: choiceOf(d, t('telephony.handset.taken')) }))}
            value={id}
            onChange={(v) => {
              setId(v);
              login.reset();
            }}
            searchable
            limit={100}
            data-autofocus
            openOnFocus={false}
          />
        )}
        {manual > 0 && (
          <Text size="sm" c="dimmed">
            {t('sip.manual', { count: manual })}
          </Text>
        )}
        <FormEnd onClose={onClose} busy={login.isPending} disabled={!id} submit={t('telephony.handset.login')} />
      </Stack>
    </form>
  );
}

const choiceOf = (d: Device, taken: string): string => `${d.phone_id} ${nameOf(d, d.mac)}${(d.sitting ?? []).some((s) => s.line === 1 && s.extension) ? ` (${taken})` : ''}`;

/** Waits until the handset shows it, and says how that went. */
function Result({ device, number, label, since, onClose }: { device: Device; number: string; label: string; since: number; onClose: () => void }) {
  const { t } = useTranslation();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), Math.max(0, since + PENDING_FOR - Date.now()));
    return () => clearTimeout(timer);
  }, [since]);
  const phone = nameOf(device, device.mac);
  // Until it is told, the state is that of before; times are told by the second.
  const news = Date.parse(device.resync_at ?? '') >= since - 1000;
  const done = news && device.resync === 'applied';
  const failed = news && device.resync === 'failed';
  if (!done && !failed && !late) {
    return (
      <Group gap="sm" role="status">
        <Loader size="sm" aria-hidden="true" />
        <Text size="sm">{t('telephony.handset.waiting')}</Text>
      </Group>
    );
  }
  const words = failed
    ? t('telephony.handset.failed', { number, phone, reason: device.resync_reason ?? '' })
    : done
      ? t('telephony.handset.done', { number: label, phone: withName(device.phone_id, phone) })
      : t('telephony.handset.slow', { number, phone });
  return (
    <Stack>
      <Alert color={failed ? 'orange' : 'teal'} role="status">
        {words}
      </Alert>
      <Group justify="flex-end">
        <Button onClick={onClose} autoFocus>
          {t('telephony.ok')}
        </Button>
      </Group>
    </Stack>
  );
}
