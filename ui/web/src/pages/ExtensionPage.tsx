// One extension: its phones, its SIP preferences, and phones for all that are new.
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { useExtensions } from '../api/lists';
import { Page } from '../parts/Page';
import { Failed, Guarded, Loading, Nothing } from '../parts/States';
import '../text/phones';
import '../text/records';

const OneExtension = lazy(() => import('./extensions/OneExtension'));

export default function ExtensionPage() {
  return (
    <Guarded permission="extensions.read">
      <Found />
    </Guarded>
  );
}

function Found() {
  const { t } = useTranslation();
  const { id = '' } = useParams();
  const list = useExtensions();
  const found = list.data?.find((e) => e.id === id);
  return (
    <Page title={found ? `${found.number} ${found.name}`.trim() : t('extensions.title')} back={{ to: '/extensions', label: t('added.back') }}>
      {list.isPending && <Loading />}
      {list.error && <Failed error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && !found && <Nothing>{t('problem.gone')}</Nothing>}
      {found && (
        <Suspense fallback={<Loading />}>
          <OneExtension extension={found} all={list.data ?? []} />
        </Suspense>
      )}
    </Page>
  );
}
