// The firmware files, and what is done with them.
import { ActionIcon, Badge, Group, Text, TextInput, Tooltip } from '@mantine/core';
import { IconCpu, IconEdit, IconRocket, IconSearch, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { ask } from '../../api/client';
import { sizeText, useFirmware, type FirmwareFile } from '../../api/firmware';
import { Ask } from '../../parts/Ask';
import { DataList } from '../../parts/DataList';
import { tell, tellProblem } from '../../parts/notify';
import { Failed, Loading, Nothing } from '../../parts/States';
import { At } from '../../parts/time';
import { useMay } from '../../session/session';

const Edit = lazy(() => import('./Edit'));
const Roll = lazy(() => import('./Roll'));

type Doing = { what: 'edit' | 'roll' | 'delete'; file: FirmwareFile };

export default function Files() {
  const { t } = useTranslation();
  const mayWrite = useMay('firmware.write');
  const mayRoll = useMay('rollouts.write');
  const queries = useQueryClient();
  const list = useFirmware();
  const [params, setParams] = useSearchParams();
  const [doing, setDoing] = useState<Doing>();
  const stop = () => setDoing(undefined);
  const erase = useMutation({
    mutationFn: (f: FirmwareFile) => ask('DELETE', `/firmware/${f.id}`),
    onSuccess: (_, f) => {
      tell(t('common.deleted', { name: f.file }));
      return queries.invalidateQueries({ queryKey: ['firmware'] });
    },
    onError: tellProblem,
    onSettled: stop,
  });
  if (list.isPending) return <Loading />;
  if (list.error) return <Failed error={list.error} onRetry={() => void list.refetch()} />;
  if (list.data.length === 0) return <Nothing icon={<IconCpu />}>{t('firmware.empty')}</Nothing>;
  const q = params.get('q') ?? '';
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = list.data.filter((f) => words.every((w) => `${f.file} ${f.vendor} ${f.version} ${f.models.join(' ')}`.toLowerCase().includes(w)));
  const act = (what: Doing['what'], label: string, file: FirmwareFile, icon: React.ReactNode) => (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`${label}: ${file.file}`} onClick={() => setDoing({ what, file })}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
  return (
    <>
      <TextInput
        type="search"
        label={t('firmware.search')}
        leftSection={<IconSearch size={16} aria-hidden="true" />}
        value={q}
        onChange={(event) => setParams(event.currentTarget.value ? { q: event.currentTarget.value } : {}, { replace: true })}
        mb="md"
        maw={360}
      />
      {rows.length === 0 && <Nothing icon={<IconSearch />}>{t('common.nothingMatches')}</Nothing>}
      {rows.length > 0 && (
        <DataList
          label={t('firmware.title')}
          rows={rows}
          idOf={(f) => f.id}
          columns={[
            {
              key: 'version',
              label: t('firmware.version'),
              lead: true,
              render: (f) => (
                <Group gap="xs">
                  <Text fw={600}>{f.version}</Text>
                  {f.bad && (
                    <Tooltip label={f.bad} events={{ hover: true, focus: true, touch: true }}>
                      <Badge color="red" variant="light" tabIndex={0}>
                        {t('firmware.bad')}
                      </Badge>
                    </Tooltip>
                  )}
                </Group>
              ),
            },
            { key: 'file', label: t('firmware.file'), render: (f) => <span className="mono">{f.file}</span> },
            { key: 'models', label: t('firmware.models'), render: (f) => f.models.join(', ') },
            { key: 'size', label: t('firmware.size'), render: (f) => sizeText(f.size), nowrap: true },
            { key: 'after', label: t('firmware.after'), render: (f) => f.after, blank: (f) => !f.after },
            { key: 'phones', label: t('firmware.phones'), render: (f) => f.phones ?? '', blank: (f) => f.phones === undefined },
            { key: 'at', label: t('firmware.at'), render: (f) => <At at={f.at} /> },
          ]}
          actions={(f) => (
            <>
              {mayRoll && !f.bad && act('roll', t('firmware.roll'), f, <IconRocket size={18} />)}
              {mayWrite && act('edit', t('common.edit'), f, <IconEdit size={18} />)}
              {mayWrite && act('delete', t('common.delete'), f, <IconTrash size={18} />)}
            </>
          )}
        />
      )}
      <Suspense>
        {doing?.what === 'edit' && <Edit file={doing.file} onClose={stop} />}
        {doing?.what === 'roll' && <Roll file={doing.file} onClose={stop} />}
      </Suspense>
      <Ask opened={doing?.what === 'delete'} title={t('common.delete')} confirm={t('common.delete')} danger busy={erase.isPending} onConfirm={() => doing && erase.mutate(doing.file)} onClose={stop}>
        {t('common.confirmDelete', { name: doing?.file.file ?? '' })}
      </Ask>
    </>
  );
}
