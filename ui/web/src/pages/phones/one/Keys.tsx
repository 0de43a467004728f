// The keys as the phone shows them, and who wanted each.
import { Alert, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ShownKey } from '../../../api/onboarding';
import type { Device } from '../../../api/types';
import { DataList, type Column } from '../../../parts/DataList';
import { Failed, Loading, Nothing } from '../../../parts/States';
import { useExplained } from './explained';

export default function Keys({ device }: { device: Device }) {
  const { t } = useTranslation();
  const explained = useExplained(device);
  if (explained.error) return <Failed error={explained.error} onRetry={() => void explained.refetch()} />;
  if (!explained.data) return <Loading />;
  const keys = explained.data.keys ?? [];
  const fit = explained.data.fit ?? [];
  const columns: Column<ShownKey>[] = [
    {
      key: 'position',
      label: t('phoneKeys.position'),
      lead: true,
      render: (k) => (
        <Text size="sm" fw={600}>
          {k.module > 0 ? t('phoneKeys.onModule', { module: k.module, position: k.position }) : k.position}
        </Text>
      ),
    },
    { key: 'type', label: t('phoneKeys.type'), render: (k) => k.type },
    { key: 'label', label: t('phoneKeys.label'), render: (k) => k.label, blank: (k) => !k.label },
    { key: 'value', label: t('phoneKeys.value'), render: (k) => <span className="mono">{k.value}</span>, blank: (k) => !k.value },
    { key: 'source', label: t('phoneKeys.source'), render: (k) => t(`phoneKeys.sources.${k.source}`) },
  ];
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {t('phoneKeys.help')}
      </Text>
      {fit.length > 0 && (
        <Alert color="orange" icon={<IconAlertTriangle />} title={t('phoneKeys.fitTitle')}>
          <List size="sm">
            {fit.map((f) => (
              <List.Item key={`${f.position} ${f.text}`}>{f.position > 0 ? t('phoneKeys.fitAt', f) : f.text}</List.Item>
            ))}
          </List>
        </Alert>
      )}
      {keys.length === 0 ? <Nothing>{t('phoneKeys.none')}</Nothing> : <DataList label={t('device.tabs.keys')} rows={keys} columns={columns} idOf={(k) => `${k.module}-${k.position}`} />}
    </Stack>
  );
}
