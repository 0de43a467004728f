// Each setting of a phone, and the layer that said it.
import { Alert, Badge, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Setting } from '../../../api/onboarding';
import type { Device } from '../../../api/types';
import { DataList, type Column } from '../../../parts/DataList';
import { Failed, Loading, Nothing } from '../../../parts/States';
import { useQueryState } from '../../../parts/useQueryState';
import classes from '../Phones.module.css';
import { pickSettings, useExplained } from './explained';
import { useLayerName } from './layers';

export default function Settings({ device }: { device: Device }) {
  const { t } = useTranslation();
  const explained = useExplained(device);
  const layerName = useLayerName();
  const [params, set] = useQueryState();
  const query = params.get('q') ?? '';
  const layer = params.get('layer') ?? '';
  const all = useMemo(() => explained.data?.settings ?? [], [explained.data]);
  const rows = useMemo(() => pickSettings(all, query, layer), [all, query, layer]);
  const layers = useMemo(() => [...new Set(all.map((s) => s.layer))], [all]);
  if (explained.error) return <Failed error={explained.error} onRetry={() => void explained.refetch()} />;
  if (!explained.data) return <Loading />;
  const columns: Column<Setting>[] = [
    {
      key: 'name',
      label: t('explain.name'),
      lead: true,
      render: (s) => (
        <>
          <Text size="sm" fw={600} className="mono">
            {s.name}
          </Text>
          <Text size="sm" c="dimmed">
            {s.doc}
          </Text>
        </>
      ),
    },
    { key: 'value', label: t('explain.value'), render: (s) => <Value value={s.value} /> },
    { key: 'layer', label: t('explain.layer'), nowrap: true, render: (s) => <Badge variant="default" className={classes.layer} data-layer={s.layer}>{[layerName(s.layer), s.of].filter(Boolean).join(': ')}</Badge> },
  ];
  return (
    <Stack>
      <Text size="sm" c="dimmed" maw={720}>
        {t('explain.help')}
      </Text>
      {(explained.data.left_out ?? []).length > 0 && (
        <Alert color="yellow" title={t('explain.leftOut')}>
          {(explained.data.left_out ?? []).map((one) => (
            <Text size="sm" key={`${one.file} ${one.name}`}>
              <span className="mono">{one.name}</span> ({layerName(one.layer)}, {one.file}): {one.why}
            </Text>
          ))}
        </Alert>
      )}
      <div className={classes.tools}>
        <TextInput
          className={classes.search}
          type="search"
          label={t('explain.search')}
          placeholder={t('explain.searchHelp')}
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          value={query}
          onChange={(event) => set('q', event.currentTarget.value)}
        />
        <NativeSelect
          className={classes.state}
          label={t('explain.layer')}
          data={[{ value: '', label: t('explain.anyLayer') }, ...layers.map((value) => ({ value, label: layerName(value) }))]}
          value={layer}
          onChange={(event) => set('layer', event.currentTarget.value)}
        />
        <Text size="sm" c="dimmed" pb={8} role="status">
          {t('explain.count', { shown: rows.length, all: all.length })}
        </Text>
      </div>
      {rows.length === 0 ? <Nothing>{t('common.nothingMatches')}</Nothing> : <DataList label={t('device.tabs.settings')} rows={rows} columns={columns} idOf={(s) => s.name} />}
    </Stack>
  );
}

function Value({ value }: { value: string }) {
  const { t } = useTranslation();
  if (value === '') {
    return (
      <Text size="sm" c="dimmed">
        {t('explain.empty')}
      </Text>
    );
  }
  return (
    <Text size="sm" className={`mono ${classes.value}`}>
      {value}
    </Text>
  );
}
