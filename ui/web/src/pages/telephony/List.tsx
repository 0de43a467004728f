// The numbers of one site.
import { Text, TextInput } from '@mantine/core';
import { IconPhoneOff, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Site } from '../../api/types';
import { DataList } from '../../parts/DataList';
import { Failed, Loading, Nothing } from '../../parts/States';
import { useSession } from '../../session/session';
import '../../text/phones';
import phones from '../phones/Phones.module.css';
import { useColumns } from './columns';
import { Options } from './Options';
import { inOrder, matches } from './rows';
import { useRows } from './useRows';

/** What keeps numbers from being used is said, each thing in its own words. */
export default function List({ site, served }: { site: Site; served: boolean }) {
  const { t } = useTranslation();
  const { all: numbers, pending, error, mark } = useRows((n) => n.site?.id === site.id);
  const contact = useSession()?.operator_contact ?? '';
  const [query, setQuery] = useState('');
  const columns = useColumns();
  if (pending) return <Loading />;
  if (error) return <Failed error={error.why} onRetry={error.again} />;
  const all = inOrder(numbers);
  const rows = all.filter((r) => matches(r, query));
  if (all.length === 0) {
    return <Nothing icon={<IconPhoneOff />}>{contact ? t('telephony.empty', { site: site.name, contact }) : t('telephony.emptyPlain', { site: site.name })}</Nothing>;
  }
  return (
    <>
      {!served && (
        <Text size="sm" c="dimmed" mb="sm" role="status">
          {t('telephony.noService')}
        </Text>
      )}
      {all.every((r) => r.number.status === 'reserved') && (
        <Text size="sm" c="dimmed" mb="sm" role="status">
          {t('telephony.noneActive', { site: site.name })}
        </Text>
      )}
      <TextInput
        type="search"
        label={t('telephony.search')}
        placeholder={t('telephony.searchHelp')}
        leftSection={<IconSearch size={16} aria-hidden="true" />}
        value={query}
        onChange={(event) => setQuery(event.currentTarget.value)}
        className={phones.search}
        maw={420}
        mb="md"
      />
      {rows.length === 0 ? (
        <Nothing icon={<IconSearch />}>{t('common.nothingMatches')}</Nothing>
      ) : (
        <DataList label={t('telephony.title')} rows={rows} columns={columns} idOf={(r) => r.number.id} actions={(r) => <Options row={r} onBusy={(on) => mark(r.number.id, on)} />} />
      )}
    </>
  );
}
