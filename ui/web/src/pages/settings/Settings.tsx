// The settings of one level: of the appliance, a site, a model and so on.
import { Group, NativeSelect, Select, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { Page } from '../../parts/Page';
import { Guarded, Loading } from '../../parts/States';
import { useSession } from '../../session/session';
import '../../text/keeping';
import { SCOPES, scopeIn, useRecords } from './scopes';

const Level = lazy(() => import('./Level'));

export default function Settings() {
  const { t } = useTranslation();
  return (
    <Guarded permission="settings.read">
      <Page title={t('settings.title')}>
        <Text size="sm" c="dimmed" mb="sm">
          {t('settings.lead')}
        </Text>
        <Chosen />
      </Page>
    </Guarded>
  );
}

function Chosen() {
  const { t } = useTranslation();
  const session = useSession();
  const [params, setParams] = useSearchParams();
  const scope = scopeIn(params.get('scope'));
  const records = useRecords(scope);
  const own = scope === 'appliance' ? '-' : scope === 'organization' ? (session?.organization.id ?? '') : '';
  const id = own || (records?.some((r) => r.value === params.get('id')) ? (params.get('id') ?? '') : '');
  return (
    <>
      <Group align="flex-end" mb="md" gap="sm">
        <NativeSelect
          label={t('settings.scope')}
          data={SCOPES.map((value) => ({ value, label: t(`settings.scopes.${value}`) }))}
          value={scope}
          onChange={(event) => setParams({ scope: event.currentTarget.value })}
        />
        {!own && (
          <Select
            label={t('settings.record')}
            data={records ?? []}
            value={id || null}
            onChange={(to) => setParams(to ? { scope, id: to } : { scope })}
            searchable
            limit={100}
            allowDeselect={false}
            openOnFocus={false}
            nothingFoundMessage={t('settings.none')}
          />
        )}
      </Group>
      {id === '' ? (
        records ? <Text>{t(records.length > 0 ? 'settings.choose' : 'settings.none')}</Text> : <Loading />
      ) : (
        <Suspense fallback={<Loading />}>
          <Level key={`${scope}/${id}`} path={`/settings/${scope}/${encodeURIComponent(id)}`} />
        </Suspense>
      )}
    </>
  );
}
