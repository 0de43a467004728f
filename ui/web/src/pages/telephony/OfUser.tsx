// The numbers of one user, as in the list of their site: the same rows with the same actions.
import { Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { DataList } from '../../parts/DataList';
import { Failed, Loading } from '../../parts/States';
import '../../text/phones';
import '../../text/telephony';
import { useColumns } from './columns';
import { Options } from './Options';
import { inOrder } from './rows';
import { useRows } from './useRows';

export default function OfUser({ user }: { user: string }) {
  const { t } = useTranslation();
  const { all, pending, error, mark } = useRows((n) => n.user?.id === user);
  const columns = useColumns();
  return (
    <section aria-labelledby="telephony">
      <Title order={2} size="h4" mt="xl" mb="sm" id="telephony">
        {t('telephony.title')}
      </Title>
      {pending && <Loading />}
      {error && <Failed error={error.why} onRetry={error.again} />}
      {!pending && !error && all.length === 0 && <Text c="dimmed">{t('telephony.userNone')}</Text>}
      {all.length > 0 && (
        <DataList label={t('telephony.title')} rows={inOrder(all)} columns={columns} idOf={(r) => r.number.id} actions={(r) => <Options row={r} onBusy={(on) => mark(r.number.id, on)} />} />
      )}
    </section>
  );
}
