// The numbers of one site.
import { Text, TextInput } from '@mantine/core';
import { IconPhoneOff, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useExtensions, useUsers } from '../../api/lists';
import { useNumbers } from '../../api/numbers';
import type { Site } from '../../api/types';
import { useLive } from '../../live/live';
import { DataList } from '../../parts/DataList';
import { Failed, Loading, Nothing } from '../../parts/States';
import { useNow } from '../../parts/time';
import { useMay, useSession } from '../../session/session';
import '../../text/phones';
import phones from '../phones/Phones.module.css';
import { useColumns } from './columns';
import { Options } from './Options';
import { inOrder, matches, rowOf } from './rows';

export default function List({ site }: { site: Site }) {
  const { t } = useTranslation();
  const numbers = useNumbers();
  const extensions = useExtensions();
  const users = useUsers(useMay('users.read'));
  const { devices } = useLive();
  const contact = useSession()?.operator_contact ?? '';
  const now = useNow(1000);
  const [query, setQuery] = useState('');
  const [busy, setBusy] = useState<ReadonlySet<string>>(new Set());
  const columns = useColumns();
  if (numbers.isPending || extensions.isPending) return <Loading />;
  if (numbers.error) return <Failed error={numbers.error} onRetry={() => void numbers.refetch()} />;
  const all = inOrder(numbers.data.filter((n) => n.site?.id === site.id).map((n) => rowOf(n, extensions.data ?? [], users.data ?? [], devices.values(), busy.has(n.id), now)));
  const rows = all.filter((r) => matches(r, query));
  const mark = (id: string, on: boolean) =>
    setBusy((old) => {
      const next = new Set(old);
      if (on) next.add(id);
      else next.delete(id);
      return next;
    });
  if (all.length === 0) {
    return <Nothing icon={<IconPhoneOff />}>{contact ? t('telephony.empty', { site: site.name, contact }) : t('telephony.emptyPlain', { site: site.name })}</Nothing>;
  }
  return (
    <>
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
