import { Button, Card, Group, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconKey } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '../parts/Page';
import { Loading } from '../parts/States';
import { useSession } from '../session/session';

const PasswordForm = lazy(() => import('./forms/PasswordForm'));

export default function Account() {
  const { t } = useTranslation();
  const session = useSession();
  const [opened, dialog] = useDisclosure(false);
  if (!session) return null;
  const { user, organization } = session;
  const lines: [string, string][] = [
    [t('common.name'), [user.first_name, user.last_name].filter(Boolean).join(' ')],
    [t('login.email'), user.email],
    [t('account.role'), t(`role.${user.role}`)],
    [t('account.organization'), organization.name],
    [t('account.domain'), organization.domain],
  ];
  return (
    <Page title={t('account.title')}>
      <Card withBorder maw={560}>
        <dl className="facts">
          {lines
            .filter(([, value]) => value)
            .map(([name, value]) => (
              <Group key={name} component="div" gap="md" py={4} wrap="nowrap" align="baseline">
                <Text component="dt" c="dimmed" size="sm" w={130} style={{ flexShrink: 0 }}>
                  {name}
                </Text>
                <Text component="dd" m={0} style={{ overflowWrap: 'anywhere' }}>
                  {value}
                </Text>
              </Group>
            ))}
        </dl>
        <Group mt="md">
          <Button variant="default" leftSection={<IconKey size={16} />} onClick={dialog.open}>
            {t('account.change')}
          </Button>
        </Group>
      </Card>
      <Modal opened={opened} onClose={dialog.close} title={t('account.change')} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
        <Suspense fallback={<Loading />}>
          <PasswordForm onDone={dialog.close} />
        </Suspense>
      </Modal>
    </Page>
  );
}
