// One user, and the numbers that are this person's.
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { useUsers } from '../api/lists';
import { FactList } from '../parts/FactList';
import { Page } from '../parts/Page';
import { Failed, Guarded, Loading, Nothing } from '../parts/States';
import { useMay } from '../session/session';
import '../text/records';
import { userName } from './telephony/rows';

const OfUser = lazy(() => import('./telephony/OfUser'));

export default function UserPage() {
  return (
    <Guarded permission="users.read">
      <Found />
    </Guarded>
  );
}

function Found() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const list = useUsers();
  const numbers = useMay('numbers.read');
  const found = list.data?.find((u) => u.id === id);
  return (
    <Page title={found ? userName(found) : t('users.title')} back={{ to: '/users', label: t('users.back') }}>
      {list.isPending && <Loading />}
      {list.error && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && !found && <Nothing>{t('problem.gone')}</Nothing>}
      {found && (
        <FactList
          facts={[
            [t('users.email'), found.email],
            [t('users.role'), t(`role.${found.role}`)],
            [t('users.portal'), found.portal ? t('common.yes') : t('common.no')],
          ]}
        />
      )}
      {found && numbers && (
        <Suspense fallback={<Loading />}>
          <OfUser user={found.id} />
        </Suspense>
      )}
    </Page>
  );
}
