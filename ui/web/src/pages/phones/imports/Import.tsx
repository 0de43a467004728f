// Many phones at once: pasted, from a file, or scanned label after label.
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../../parts/Page';
import { Guarded, Loading } from '../../../parts/States';
import '../../../text/phones';

const ImportForm = lazy(() => import('./ImportForm'));

export default function Import() {
  const { t } = useTranslation();
  return (
    <Guarded permission="devices.write">
      <Page title={t('imports.title')} back={{ to: '/phones', label: t('device.back') }}>
        <Suspense fallback={<Loading />}>
          <ImportForm />
        </Suspense>
      </Page>
    </Guarded>
  );
}
