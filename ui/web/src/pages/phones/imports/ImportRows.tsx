import { Alert, Badge, Group, Switch, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleMinus, IconEdit, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportResult, ImportRow } from '../../../api/onboarding';
import { DataList, type Column } from '../../../parts/DataList';
import phones from '../Phones.module.css';

const ICON = { create: IconPlus, update: IconEdit, skip: IconCircleMinus, error: IconAlertTriangle };

/** What happens, or happened, with each line. */
export function ImportRows({ result, dry }: { result: ImportResult; dry: boolean }) {
  const { t } = useTranslation();
  const [only, setOnly] = useState(false);
  const all = result.rows ?? [];
  const rows = only ? all.filter((r) => r.action === 'error') : all;
  const columns: Column<ImportRow>[] = [
    { key: 'row', label: t('imports.row'), nowrap: true, render: (r) => r.row },
    {
      key: 'mac',
      label: t('phones.detail.mac'),
      lead: true,
      render: (r) => (
        <Text size="sm" fw={600} className="mono">
          {r.mac || t('common.none')}
        </Text>
      ),
    },
    { key: 'model', label: t('phones.detail.model'), render: (r) => r.model, blank: (r) => !r.model },
    { key: 'name', label: t('common.name'), render: (r) => r.name, blank: (r) => !r.name },
    { key: 'action', label: t('imports.action'), nowrap: true, render: (r) => <Action action={r.action} dry={dry} /> },
    { key: 'reason', label: t('imports.reason'), render: (r) => r.reason, blank: (r) => !r.reason },
  ];
  const counts = { created: result.created, updated: result.updated, skipped: result.skipped, failed: result.failed };
  return (
    <section aria-label={t('imports.result')}>
      <Alert color={result.failed > 0 ? 'orange' : 'teal'} icon={result.failed > 0 ? <IconAlertTriangle /> : <IconCircleCheck />} role="status" mb="sm">
        {dry ? `${t('imports.would', counts)} ${t('imports.dry')}` : t('imports.done', counts)}
      </Alert>
      {result.failed > 0 && (
        <Group mb="sm">
          <Switch label={t('imports.only')} checked={only} onChange={(event) => setOnly(event.currentTarget.checked)} />
        </Group>
      )}
      {rows.length > 0 && <DataList label={t('imports.result')} rows={rows} columns={columns} idOf={(r) => String(r.row)} />}
    </section>
  );
}

function Action({ action, dry }: { action: ImportRow['action']; dry: boolean }) {
  const { t } = useTranslation();
  const Icon = ICON[action];
  return (
    <Badge variant="default" className={action === 'error' ? phones.warning : phones.layer} leftSection={<Icon size={13} aria-hidden="true" />}>
      {dry ? t(`imports.actions.${action}`) : t(`imports.actionsDone.${action}`)}
    </Badge>
  );
}
