// The text beside another one: an older version, the built-in one; or a phone's
// file as it fetched it beside what it would get now.
import { Button, Group, Modal, NativeSelect, Stack, Switch, Text } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { versionOf, type OwnTemplate } from '../../api/templates';
import { useLive } from '../../live/live';
import { Failed, Loading } from '../../parts/States';
import { At } from '../../parts/time';
import classes from './Templates.module.css';

const Compare = lazy(() => import('./code/Compare'));

interface Props {
  template: OwnTemplate;
  text: string;
  builtin: string;
}

export function ComparePanel({ template, text, builtin }: Props) {
  const { t } = useTranslation();
  const { devices } = useLive();
  const [other, setOther] = useState(template.active > 0 ? String(template.active) : '0');
  const phones = [...devices.values()].filter((d) => d.model === template.model);
  const versions = Array.from({ length: template.latest }, (_, i) => template.latest - i);
  return (
    <Stack gap="sm">
      <NativeSelect
        label={t('templates.compare.with')}
        data={[
          { value: '0', label: t('templates.compare.builtin') },
          ...versions.map((n) => ({ value: String(n), label: t('templates.compare.version', { number: n }) })),
          { group: t('templates.compare.fetched'), items: phones.map((d) => ({ value: `device:${d.id}`, label: d.name || d.mac })) },
        ]}
        value={other}
        onChange={(event) => setOther(event.currentTarget.value)}
      />
      {other.startsWith('device:') ? (
        <Fetched device={other.slice('device:'.length)} />
      ) : other === '0' ? (
        <Both before={builtin} after={text} labels={[t('templates.compare.builtin'), t('templates.compare.right')]} />
      ) : (
        <Older template={template} number={Number(other)} text={text} />
      )}
    </Stack>
  );
}

function Older({ template, number, text }: { template: OwnTemplate; number: number; text: string }) {
  const { t } = useTranslation();
  const version = useQuery(versionOf(template.id, number));
  if (version.isPending) return <Loading />;
  if (version.error) return <Failed error={version.error} onRetry={() => void version.refetch()} />;
  return <Both before={version.data.text ?? ''} after={text} labels={[t('templates.compare.version', { number }), t('templates.compare.right')]} />;
}

interface DeviceFile {
  lines: { text: string }[];
  fetched?: { at: string; status: number; same: boolean; text?: string } | null;
}

/** A phone's file as it fetched it last, beside what it would get now. */
function Fetched({ device }: { device: string }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const explained = useQuery({
    queryKey: ['devices', device, 'settings'],
    queryFn: ({ signal }) => ask<{ files: { name: string; kind: string }[] }>('GET', `/devices/${device}/settings`, undefined, signal),
  });
  const files = explained.data?.files ?? [];
  const file = name || files.find((f) => f.kind === 'device')?.name || files[0]?.name || '';
  const shown = useQuery({
    queryKey: ['devices', device, 'files', file],
    queryFn: ({ signal }) => ask<DeviceFile>('GET', `/devices/${device}/files?name=${encodeURIComponent(file)}`, undefined, signal),
    enabled: file !== '',
  });
  const error = explained.error ?? shown.error;
  if (error) return <Failed error={error} onRetry={() => void shown.refetch()} />;
  if (explained.isPending) return <Loading />;
  const fetched = shown.data?.fetched;
  return (
    <>
      <NativeSelect label={t('templates.compare.file')} data={files.map((f) => f.name)} value={file} onChange={(event) => setName(event.currentTarget.value)} />
      {shown.isPending && <Loading />}
      {shown.data && fetched?.text === undefined && <Text c="dimmed">{t('templates.compare.never')}</Text>}
      {shown.data && fetched?.text !== undefined && (
        <>
          <Text size="sm" c="dimmed">
            <At at={fetched.at} />
          </Text>
          <Both before={fetched.text} after={shown.data.lines.map((l) => l.text).join('\n')} labels={[t('templates.compare.fetched'), file]} />
        </>
      )}
    </>
  );
}

/** Both in a window of their own, where there is room for them. */
export function Both({ before, after, labels }: { before: string; after: string; labels: [string, string] }) {
  const { t } = useTranslation();
  const [short, setShort] = useState(true);
  const [opened, wide] = useDisclosure(false);
  const beside = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false }) ?? true;
  if (before.trimEnd() === after.trimEnd()) return <Text role="status">{t('templates.compare.same')}</Text>;
  const view = (two: boolean) => (
    <div className={classes.frame} data-compare="">
      <Suspense fallback={<Loading />}>
        <Compare before={before} after={after} labels={labels} beside={two} short={short} />
      </Suspense>
    </div>
  );
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Switch label={t('templates.compare.short')} checked={short} onChange={(event) => setShort(event.currentTarget.checked)} />
        {beside && (
          <Button size="xs" variant="default" onClick={wide.open}>
            {t('templates.compare.wide')}
          </Button>
        )}
      </Group>
      {!opened && view(false)}
      <Modal opened={opened} onClose={wide.close} title={labels.join(' / ')} size="95%" closeButtonProps={{ 'aria-label': t('common.close') }}>
        {view(true)}
      </Modal>
    </Stack>
  );
}
