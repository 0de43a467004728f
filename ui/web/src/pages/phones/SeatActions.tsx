// Logging a person in at a phone, and out of it.
import { Alert, Button, Group, Modal, NativeSelect, Select, Stack, Switch, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconLogin2, IconLogout } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { useExtensions } from '../../api/lists';
import { Problem, sortErrors } from '../../api/problem';
import type { Device, Sitting } from '../../api/types';
import { tell, tellProblem } from '../../parts/notify';
import { problemText, sentence } from '../../parts/problemText';
import { useMay } from '../../session/session';
import { nameOf } from './words';
import '../../text/phones';

export function SeatActions({ device }: { device: Device }) {
  const { t } = useTranslation();
  const may = useMay('seats.write');
  const mayForce = useMay('devices.write');
  const [opened, dialog] = useDisclosure(false);
  const leave = useMutation({
    mutationFn: (s: Sitting) => ask('DELETE', `/seats/${s.seat ?? ''}`),
    onSuccess: (_, s) => tell(t('phones.detail.loggedOut', { who: whoOf(s) })),
    onError: tellProblem,
  });
  if (!may || device.step === 'seen' || device.disabled) return null;
  const byHand = device.remote_login === false;
  const guests = (device.sitting ?? []).filter((s) => s.seat);
  return (
    <>
      {guests.map((s) => (
        <Button
          key={s.seat}
          size="xs"
          variant="default"
          leftSection={<IconLogout size={15} />}
          loading={leave.isPending && leave.variables.seat === s.seat}
          onClick={() => leave.mutate(s)}
        >
          {t('phones.detail.logOut', { who: whoOf(s) })}
        </Button>
      ))}
      {byHand && (
        <Text size="sm" c="dimmed" w="100%">
          {t('phones.detail.byHand')}
        </Text>
      )}
      {(!byHand || mayForce) && (
        <Button size="xs" variant="default" leftSection={<IconLogin2 size={15} />} onClick={dialog.open}>
          {t('phones.detail.logIn')}
        </Button>
      )}
      <Modal opened={opened} onClose={dialog.close} title={t('phones.detail.logInTitle')} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
        <LogIn device={device} onDone={dialog.close} />
      </Modal>
    </>
  );
}

const whoOf = (s: Sitting): string => s.name || s.extension;

function LogIn({ device, onDone }: { device: Device; onDone: () => void }) {
  const { t } = useTranslation();
  const extensions = useExtensions();
  const mayForce = useMay('devices.write');
  const [extension, setExtension] = useState<string | null>(null);
  const [line, setLine] = useState('1');
  const [force, setForce] = useState(false);
  const [missing, setMissing] = useState(false);
  const lines = device.lines?.length ?? 1;
  const sit = useMutation({
    mutationFn: () => ask('POST', '/seats', { extension, phone_id: device.phone_id, line: Number(line), ...(force && { force }) }),
    onSuccess: () => {
      tell(t('phones.detail.loggedIn', { number: extension ?? '', name: nameOf(device, device.mac) }));
      onDone();
    },
  });
  const refused = refusal(sit.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setMissing(!extension);
    if (extension) sit.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Text size="sm" c="dimmed">
          {t('phones.detail.logInText')} {device.remote_login === false && t('phones.detail.byHand')}
        </Text>
        {refused.rest && (
          <Alert color="red" role="alert">
            {refused.rest}
          </Alert>
        )}
        <Select
          label={t('phones.detail.logInAs')}
          data={(extensions.data ?? []).map((e) => ({ value: e.number, label: `${e.number} ${e.name}`.trim() }))}
          value={extension}
          onChange={(v) => {
            setExtension(v);
            setMissing(false);
            sit.reset();
          }}
          error={missing ? t('phones.detail.logInNeeded') : refused.extension}
          searchable
          limit={100}
          required
          data-autofocus
          openOnFocus={false}
        />
        {lines > 1 && (
          <NativeSelect
            label={t('phones.detail.logInLine')}
            data={Array.from({ length: lines }, (_, i) => String(i + 1))}
            value={line}
            onChange={(event) => setLine(event.currentTarget.value)}
          />
        )}
        {mayForce && <Switch label={t('phones.detail.logInForce')} checked={force} onChange={(event) => setForce(event.currentTarget.checked)} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={sit.isPending}>
            {t('phones.detail.logIn')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What was wrong with the extension, and what with the phone or its line, in the appliance's words. */
function refusal(e: Error | null): { extension?: string; rest?: string } {
  if (!e) return {};
  if (!(e instanceof Problem)) return { rest: problemText(e) };
  if (e.errors.length > 0) {
    const { fields, rest } = sortErrors(e, (path) => ['extension', 'phone_id', 'line'].includes(path));
    return { extension: fields.extension && sentence(fields.extension), rest: sentence([fields.phone_id, fields.line, ...rest].filter(Boolean).join('; ')) };
  }
  return { rest: e.status === 409 ? sentence(e.message) : problemText(e) };
}
