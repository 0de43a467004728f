// One site: when its phones are told of changes, and how they find the appliance.
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { useSites } from '../api/lists';
import { Page } from '../parts/Page';
import { Failed, Guarded, Loading, Nothing } from '../parts/States';
import '../text/phones';
import '../text/records';

const OneSite = lazy(() => import('./sites/OneSite'));

export default function SitePage() {
  return (
    <Guarded permission="sites.read">
      <Found />
    </Guarded>
  );
}

function Found() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const list = useSites();
  const found = list.data?.find((s) => s.id === id);
  return (
    <Page
      title={found?.name ?? t('sites.title')}
      back={{ to: '/sites', label: t('sitePage.back') }}
    >
      {list.isPending && <Loading />}
      {list.error && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && !found && <Nothing>{t('sitePage.gone')}</Nothing>}
      {found && (
        <Suspense fallback={<Loading />}>
          <OneSite key={found.id} site={found} />
        </Suspense>
      )}
    </Page>
  );
}
