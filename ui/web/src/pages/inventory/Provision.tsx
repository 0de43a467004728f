import { Button, Card, Group, Select, Stack, Text, Title } from '@mantine/core';
import { useMemo, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useExtensions } from '../../api/lists';
import { isFree } from '../../api/onboarding';
import type { Device, Extension } from '../../api/types';
import { useLive } from '../../live/live';
import { Failed } from '../../parts/States';
import { nameOf } from '../phones/words';
import { useAssign } from './assign';
import { NoneFree } from './NoneFree';

/** Chooses a phone for an extension, by Phone ID, among the free ones of its site. */
export function Provision({ number, onAdd, onDone }: { number: string; onAdd: () => void; onDone: () => void }) {
  const extensions = useExtensions();
  const extension = extensions.data?.find((e) => e.number === number);
  return extension ? <Choice extension={extension} onAdd={onAdd} onDone={onDone} /> : null;
}

function Choice({ extension, onAdd, onDone }: { extension: Extension; onAdd: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const { devices } = useLive();
  const [id, setId] = useState<string | null>(null);
  const [missing, setMissing] = useState(false);
  const assign = useAssign(onDone);
  const { free, manual } = useMemo(() => freeFor(extension, [...devices.values()]), [extension, devices]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const device = devices.get(id ?? '');
    setMissing(!device);
    if (device) assign.mutate({ device, number: extension.number });
  };
  return (
    <Card withBorder mb="lg" maw={720}>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm">
          <Title order={2} size="h4">
            {t('sip.title2', { name: `${extension.name} (${extension.number})` })}
          </Title>
          {assign.error && <Failed error={assign.error} />}
          {free.length === 0 && <NoneFree site={extension.site?.name ?? ''} />}
          {free.length > 0 && (
            <Select
              label={t('sip.phone')}
              description={extension.site ? t('sip.phoneHelp', { site: extension.site.name }) : t('sip.phoneHelpAll')}
              data={free.map((d) => ({ value: d.id, label: `${d.phone_id} ${nameOf(d, t('phones.unknownModel'))}` }))}
              value={id}
              onChange={(v) => {
                setId(v);
                setMissing(false);
              }}
              error={missing ? t('sip.needPhone') : undefined}
              searchable
              limit={100}
            />
          )}
          {manual > 0 && (
            <Text size="sm" c="dimmed">
              {t('sip.manual', { count: manual })}
            </Text>
          )}
          <Group>
            {free.length > 0 && (
              <Button type="submit" loading={assign.isPending}>
                {t('sip.provision')}
              </Button>
            )}
            <Button variant="default" onClick={onAdd}>
              {t('sip.add')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

/** The free phones of the extension's site, and how many can be logged in at only by hand. */
export function freeFor(extension: Extension, devices: readonly Device[]): { free: Device[]; manual: number } {
  const here = devices.filter((d) => !extension.site || d.site?.id === extension.site.id);
  const manual = here.filter((d) => d.remote_login === false && isFree({ ...d, remote_login: true })).length;
  return { free: here.filter(isFree), manual };
}
