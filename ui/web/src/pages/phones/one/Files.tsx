// The files of a phone as it would get them now, and what has changed since it asked.
import { Button, Group, NativeSelect, Stack, Text } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { ask } from '../../../api/client';
import type { ShownFile } from '../../../api/onboarding';
import type { Device } from '../../../api/types';
import { Failed, Loading, Nothing } from '../../../parts/States';
import { At, said } from '../../../parts/time';
import { useSecrets } from '../../../parts/Unlock';
import { useMay } from '../../../session/session';
import '../../../text/secrets';
import classes from '../Phones.module.css';
import { Difference } from './Difference';
import { useExplained } from './explained';
import { FileLines } from './FileLines';

const VIEWS = ['now', 'diff'] as const;
/** As long as the appliance lets a session see secrets, in ms. */
const SHOWN_FOR = 300_000;

export default function Files({ device }: { device: Device }) {
  const { t } = useTranslation();
  const explained = useExplained(device);
  const [params, setParams] = useSearchParams();
  const names = (explained.data?.files ?? []).map((f) => f.name);
  const name = names.find((n) => n === params.get('file')) ?? names[0] ?? '';
  const view = VIEWS.find((v) => v === params.get('view')) ?? 'now';
  const show = (file: string, as: string) => setParams({ tab: 'files', file, ...(as !== 'now' && { view: as }) }, { replace: true });
  if (explained.error) return <Failed error={explained.error} onRetry={() => void explained.refetch()} />;
  if (!explained.data) return <Loading />;
  if (names.length === 0) return <Nothing>{t('phoneFiles.none')}</Nothing>;
  return (
    <Stack>
      <Text size="sm" c="dimmed" maw={720}>
        {t('phoneFiles.help')}
      </Text>
      <div className={classes.tools}>
        <NativeSelect className={classes.search} label={t('phoneFiles.file')} data={names} value={name} onChange={(event) => show(event.currentTarget.value, view)} />
        <NativeSelect
          className={classes.search}
          label={t('phoneFiles.show')}
          data={VIEWS.map((value) => ({ value, label: t(`phoneFiles.views.${value}`) }))}
          value={view}
          onChange={(event) => show(name, event.currentTarget.value)}
        />
      </div>
      <OneFile key={name} device={device} name={name} diff={view === 'diff'} />
    </Stack>
  );
}

function OneFile({ device, name, diff }: { device: Device; name: string; diff: boolean }) {
  const { t } = useTranslation();
  // What shows secrets is kept here alone, and not for long.
  const [open, setOpen] = useState<ShownFile>();
  useEffect(() => {
    if (!open) return undefined;
    const timer = setTimeout(() => setOpen(undefined), SHOWN_FOR);
    return () => clearTimeout(timer);
  }, [open]);
  const file = useQuery({
    queryKey: ['file', device.id, name, device.revision, device.last_step?.at],
    queryFn: ({ signal }) => ask<ShownFile>('GET', `/devices/${device.id}/files?name=${encodeURIComponent(name)}`, undefined, signal),
    placeholderData: (before) => before,
    gcTime: 10_000,
  });
  if (file.error) return <Failed error={file.error} onRetry={() => void file.refetch()} />;
  if (!file.data) return <Loading />;
  const { fetched } = file.data;
  return (
    <>
      <Secrets url={`/devices/${device.id}/files?name=${encodeURIComponent(name)}&secrets=true`} shown={!!open} onShow={setOpen} />
      <Text size="sm" role="status">
        {fetched && said(fetched.at) ? (
          <>
            {fetched.same ? t('phoneFiles.same') : t('phoneFiles.differs')} {t('phoneFiles.fetched')}: <At at={fetched.at} short />
          </>
        ) : (
          t('phoneFiles.neverFetched')
        )}
      </Text>
      {diff ? <Difference name={name} diff={file.data.diff ?? ''} /> : <FileLines name={name} lines={(open ?? file.data).lines ?? []} />}
    </>
  );
}

/** Shows the file with its secrets, or masks them again. */
function Secrets({ url, shown, onShow }: { url: string; shown: boolean; onShow: (file?: ShownFile) => void }) {
  const { t } = useTranslation();
  const may = useMay('export.secrets');
  const { start, busy, dialog } = useSecrets(async () => onShow(await ask<ShownFile>('GET', url)));
  if (!may) return null;
  return (
    <Group gap="sm">
      <Button size="xs" variant="default" leftSection={shown ? <IconEyeOff size={15} /> : <IconEye size={15} />} loading={busy} onClick={shown ? () => onShow(undefined) : start}>
        {shown ? t('unlock.hide') : t('unlock.show')}
      </Button>
      <Text size="sm" c="dimmed" role="status">
        {shown && t('unlock.shown')}
      </Text>
      {dialog}
    </Group>
  );
}
