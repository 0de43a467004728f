// The phones that ring for the person who is logged in. Nobody chooses a template
// for his own phone: there is only the default one, which is the administrator's.
import { Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useOwnExtensions, type OwnExtension } from '../api/own';
import { DataList, type Column } from '../parts/DataList';
import { Failed, Loading } from '../parts/States';
import '../text/own';

interface OwnPhone {
  id: string;
  extension: string;
  phoneId: string;
  name: string;
}

const phonesOf = (all: OwnExtension[]): OwnPhone[] =>
  all.flatMap((e) => e.phones.map((p) => ({ id: `${e.id}/${p.phone_id}/${p.line}`, extension: e.number, phoneId: p.phone_id, name: [p.name, p.equipment].filter(Boolean).join(', ') })));

export default function OwnPhones() {
  const { t } = useTranslation();
  const { data, isPending, error, refetch } = useOwnExtensions();
  const phones = phonesOf(data ?? []);
  const columns: Column<OwnPhone>[] = [
    { key: 'id', label: t('own.phoneId'), render: (p) => p.phoneId, lead: true, nowrap: true },
    { key: 'name', label: t('own.name'), render: (p) => p.name, blank: (p) => !p.name },
    { key: 'extension', label: t('own.extension'), render: (p) => p.extension, nowrap: true },
    { key: 'template', label: t('own.template'), render: () => t('own.default'), nowrap: true },
  ];
  return (
    <section aria-labelledby="own-phones">
      <Title order={2} size="h4" mt="xl" mb="sm" id="own-phones">
        {t('own.title')}
      </Title>
      {isPending && <Loading />}
      {error && <Failed error={error} onRetry={() => void refetch()} />}
      {data && phones.length === 0 && <Text c="dimmed">{t('own.none')}</Text>}
      {phones.length > 0 && (
        <>
          <DataList label={t('own.title')} rows={phones} columns={columns} idOf={(p) => p.id} />
          <Text c="dimmed" size="sm" mt="xs">
            {t('own.tip')}
          </Text>
        </>
      )}
    </section>
  );
}
