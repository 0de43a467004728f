import { Button, Group, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconKey } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { FactList } from '../parts/FactList';
import { Page } from '../parts/Page';
import { Loading } from '../parts/States';
import { useMay, useSession } from '../session/session';

const Numbers = lazy(() => import('./own/Numbers'));
const Virtualizations = lazy(() => import('./own/Virtualizations'));
const OfUser = lazy(() => import('./telephony/OfUser'));
const OwnPhones = lazy(() => import('./OwnPhones'));
const PasswordForm = lazy(() => import('./forms/PasswordForm'));

export default function Account() {
  const { t } = useTranslation();
  const session = useSession();
  const numbers = useMay('numbers.read');
  const [opened, dialog] = useDisclosure(false);
  if (!session) return null;
  const { user, organization } = session;
  const facts: [string, string][] = [
    [t('common.name'), [user.first_name, user.last_name].filter(Boolean).join(' ')],
    [t('login.email'), user.email],
    [t('account.role'), t(`role.${user.role}`)],
    [t('account.organization'), organization.name],
    [t('account.domain'), organization.domain],
  ];
  return (
    <Page title={t('account.title')}>
      <FactList facts={facts}>
        <Group mt="md">
          <Button variant="default" leftSection={<IconKey size={16} />} onClick={dialog.open}>
            {t('account.change')}
          </Button>
        </Group>
      </FactList>
      <Suspense fallback={<Loading />}>
        <OwnPhones />
      </Suspense>
      <Suspense fallback={<Loading />}>
        {numbers ? <OfUser user={user.id} /> : <Numbers />}
        <Virtualizations />
      </Suspense>
      <Modal opened={opened} onClose={dialog.close} title={t('account.change')} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
        <Suspense fallback={<Loading />}>
          <PasswordForm onDone={dialog.close} />
        </Suspense>
      </Modal>
    </Page>
  );
}
