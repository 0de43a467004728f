// The phones that wait for somebody to say whose they are.
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useLive } from '../../../live/live';
import { Page } from '../../../parts/Page';
import { Guarded, Loading } from '../../../parts/States';
import '../../../text/phones';
import { Arrivals } from '../Arrivals';

const WaitingList = lazy(() => import('./WaitingList'));

export default function Waiting() {
  const { t } = useTranslation();
  const { loaded } = useLive();
  return (
    <Guarded permission="devices.read">
      <Page title={t('waiting.title')} back={{ to: '/phones', label: t('device.back') }}>
        <Arrivals />
        {loaded ? (
          <Suspense fallback={<Loading />}>
            <WaitingList />
          </Suspense>
        ) : (
          <Loading />
        )}
      </Page>
    </Guarded>
  );
}
