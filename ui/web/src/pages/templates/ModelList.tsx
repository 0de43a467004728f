// The models of the catalogue with their filters.
import { Anchor, Checkbox, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { usePhoneModels, type PhoneModel } from '../../api/templates';
import { DataList, type Column } from '../../parts/DataList';
import { Failed, Loading, Nothing } from '../../parts/States';
import { each, filterIn, pickModels } from './filters';
import { SureBadge } from './SureBadge';
import { kindName } from './words';

const SURES = ['document', 'template', 'unsure', 'none'] as const;

export default function ModelList() {
  const { t } = useTranslation();
  const models = usePhoneModels();
  const columns = useColumns();
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const filter = filterIn(params);
  const set = (name: string, value: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  if (models.isPending) return <Loading />;
  if (models.error) return <Failed error={models.error} onRetry={() => void models.refetch()} />;
  const rows = pickModels(models.data, filter);
  const choice = (name: 'vendor' | 'kind' | 'sure', label: string, any: string, data: { value: string; label: string }[]) => (
    <NativeSelect label={label} data={[{ value: '', label: any }, ...data]} value={filter[name]} onChange={(event) => set(name, event.currentTarget.value)} />
  );
  return (
    <>
      <Group mb="sm" align="flex-end" gap="sm">
        <TextInput
          type="search"
          label={t('models.search')}
          placeholder={t('models.searchHelp')}
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          value={filter.q}
          onChange={(event) => set('q', event.currentTarget.value)}
          style={{ flex: '1 1 220px', maxWidth: 360 }}
        />
        {choice('vendor', t('models.vendor'), t('models.anyVendor'), each(models.data.map((m) => m.vendor)).map((v) => ({ value: v, label: v })))}
        {choice('kind', t('models.kind'), t('models.anyKind'), each(models.data.map((m) => m.kind)).map((v) => ({ value: v, label: kindName(v) })))}
        {choice('sure', t('models.sure'), t('models.anySure'), SURES.map((v) => ({ value: v, label: t(`models.sures.${v}`) })))}
        <Checkbox label={t('models.onlyOwn')} checked={filter.own} onChange={(event) => set('own', event.currentTarget.checked ? '1' : '')} pb={8} />
      </Group>
      <Text size="sm" c="dimmed" mb="sm" role="status">
        {rows.length === models.data.length ? t('models.count', { count: rows.length }) : t('models.shown', { shown: rows.length, all: models.data.length })}
      </Text>
      {rows.length === 0 ? (
        <Nothing icon={<IconSearch />}>{t('common.nothingMatches')}</Nothing>
      ) : (
        <DataList label={t('models.title')} rows={rows} columns={columns} idOf={(m) => m.id} onOpen={(m) => void navigate(`/templates/${m.id}`)} />
      )}
    </>
  );
}

function useColumns(): Column<PhoneModel>[] {
  const { t } = useTranslation();
  return [
    {
      key: 'model',
      label: t('models.model'),
      lead: true,
      render: (m) => (
        <Anchor component={Link} to={`/templates/${m.id}`} fw={600}>
          {m.label}
        </Anchor>
      ),
    },
    { key: 'vendor', label: t('models.vendor'), render: (m) => m.vendor },
    { key: 'kind', label: t('models.kind'), render: (m) => kindName(m.kind) },
    { key: 'lines', label: t('models.lines'), render: (m) => m.lines || t('models.unknown') },
    { key: 'keys', label: t('models.keys'), render: (m) => m.keys || t('models.unknown') },
    { key: 'modules', label: t('models.modules'), render: (m) => m.module && t('models.modulesOf', m.module), blank: (m) => !m.module },
    { key: 'sure', label: t('models.sure'), render: (m) => <SureBadge sure={m.sure} /> },
    { key: 'own', label: t('models.own'), render: (m) => m.custom || '', blank: (m) => m.custom === 0 },
  ];
}
