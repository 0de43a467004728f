// The inventory: every device with what is assigned to it.
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useLive } from '../../live/live';
import { Page } from '../../parts/Page';
import { Guarded, Loading } from '../../parts/States';
import '../../text/phones';

const Inventory = lazy(() => import('./Inventory'));

export default function SipDevices() {
  const { t } = useTranslation();
  const { loaded } = useLive();
  return (
    <Guarded permission="devices.read">
      <Page title={t('sip.title')}>
        {loaded ? (
          <Suspense fallback={<Loading />}>
            <Inventory />
          </Suspense>
        ) : (
          <Loading />
        )}
      </Page>
    </Guarded>
  );
}
