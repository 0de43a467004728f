import { Button, Group, Select, Text, TextInput } from '@mantine/core';
import { IconBarcode } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../../api/client';
import { useSites } from '../../../api/lists';
import type { Device } from '../../../api/types';
import { useLive, useStream } from '../../../live/live';
import { problemText } from '../../../parts/problemText';
import { useMay } from '../../../session/session';
import { isWaiting, nameOf, scannedMac } from '../words';
import classes from './Waiting.module.css';

/** A field for a barcode scanner: Enter goes to the phone's row, or adds a phone that has not come yet. */
export function Scan({ field, onFound }: { field: RefObject<HTMLInputElement | null>; onFound: (device: Device) => void }) {
  const { t } = useTranslation();
  const stream = useStream();
  const { devices } = useLive();
  const mayWrite = useMay('devices.write');
  const sites = useSites(useMay('sites.read'));
  const [text, setText] = useState('');
  const [site, setSite] = useState<string | null>(null);
  const [fault, setFault] = useState('');
  const [said, setSaid] = useState('');
  const where = site ?? (sites.data?.find((s) => s.adoption !== 'closed') ?? sites.data?.[0])?.id;
  const add = useMutation({
    mutationFn: (mac: string) => ask<Device>('POST', '/devices', { mac, ...(where && { site: where }) }),
    onSuccess: (device) => {
      stream.put(device);
      setSaid(t('waiting.added', { mac: device.mac }));
    },
    onError: (e) => setFault(problemText(e)),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setFault('');
    setSaid('');
    const mac = scannedMac(text);
    field.current?.select();
    if (!mac) {
      setFault(t('waiting.badMac', { text }));
      return;
    }
    setText('');
    const there = [...devices.values()].find((d) => d.mac === mac);
    if (there && isWaiting(there)) onFound(there);
    else if (there) setSaid(t('waiting.there', { mac, name: nameOf(there, t('phones.unknownModel')) }));
    else if (mayWrite) add.mutate(mac);
    else setFault(t('problem.forbidden'));
  };
  return (
    <form onSubmit={submit} noValidate className={classes.scan}>
      <Group align="flex-end" gap="sm">
        <TextInput
          ref={field}
          className={classes.scanField}
          label={t('waiting.scan')}
          description={t('waiting.scanHelp')}
          leftSection={<IconBarcode size={18} aria-hidden="true" />}
          classNames={{ input: 'mono' }}
          autoComplete="off"
          spellCheck={false}
          enterKeyHint="go"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={fault !== ''}
        />
        <Button type="submit" variant="default">
          {t('waiting.go')}
        </Button>
        {mayWrite && (sites.data?.length ?? 0) > 1 && (
          <Select
            label={t('waiting.site')}
            data={(sites.data ?? []).map((s) => ({ value: s.id, label: s.name }))}
            value={where ?? null}
            onChange={setSite}
            allowDeselect={false}
          />
        )}
      </Group>
      <Text size="sm" role="status" mt={4}>
        {said}
      </Text>
      {fault && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {fault}
        </Text>
      )}
    </form>
  );
}
