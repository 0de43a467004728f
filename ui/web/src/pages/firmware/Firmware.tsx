// Firmware that phones may load: uploads, bad marks and roll-outs.
import { Button, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconUpload } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../../parts/Page';
import { Guarded, Loading } from '../../parts/States';
import { useMay } from '../../session/session';
import '../../text/keeping';
import '../../text/templates';

const Upload = lazy(() => import('./Upload'));
const Files = lazy(() => import('./Files'));
const Rollouts = lazy(async () => ({ default: (await import('../rollouts/Rollouts')).Rollouts }));

export default function Firmware() {
  const { t } = useTranslation();
  const mayWrite = useMay('firmware.write');
  const [opened, dialog] = useDisclosure(false);
  return (
    <Guarded permission="firmware.read">
      <Page
        title={t('firmware.title')}
        aside={
          mayWrite && (
            <Button leftSection={<IconUpload size={16} />} onClick={dialog.open}>
              {t('firmware.upload')}
            </Button>
          )
        }
      >
        <Suspense fallback={<Loading />}>
          <Files />
        </Suspense>
        <Title order={2} size="h4" mt="xl" mb="xs">
          {t('rollouts.title')}
        </Title>
        <Suspense fallback={<Loading />}>
          <Rollouts kind="firmware" />
        </Suspense>
        {opened && (
          <Suspense>
            <Upload onClose={dialog.close} />
          </Suspense>
        )}
      </Page>
    </Guarded>
  );
}
