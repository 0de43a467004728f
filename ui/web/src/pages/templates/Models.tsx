// The models of the catalogue.
import { Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDownload, IconSchool, IconUpload } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Page } from '../../parts/Page';
import { Guarded, Loading } from '../../parts/States';
import { useMay } from '../../session/session';
import '../../text/templates';

const Import = lazy(() => import('./Import'));
const ModelList = lazy(() => import('./ModelList'));

export default function Models() {
  const { t } = useTranslation();
  const mayWrite = useMay('templates.write');
  const [opened, dialog] = useDisclosure(false);
  return (
    <Guarded permission="templates.read">
      <Page
        title={t('models.title')}
        aside={
          <Group gap="xs">
            <Button component={Link} to="/templates/taught" variant="default" leftSection={<IconSchool size={16} />}>
              {t('taught.title')}
            </Button>
            <Button component="a" href="/api/v1/custom-templates/export" download variant="default" leftSection={<IconDownload size={16} />}>
              {t('templates.export')}
            </Button>
            {mayWrite && (
              <Button variant="default" leftSection={<IconUpload size={16} />} onClick={dialog.open}>
                {t('templates.import')}
              </Button>
            )}
          </Group>
        }
      >
        <Suspense fallback={<Loading />}>
          <ModelList />
        </Suspense>
        {opened && (
          <Suspense>
            <Import onClose={dialog.close} />
          </Suspense>
        )}
      </Page>
    </Guarded>
  );
}
