import { Alert, Button, Center, Loader, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconAlertTriangle, IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useMay, useSession } from '../session/session';
import { problemText } from './problemText';

export function Loading() {
  const { t } = useTranslation();
  return (
    <Center py="xl" role="status">
      <Loader type="dots" aria-hidden="true" />
      <span className="onlyRead">{t('common.loading')}</span>
    </Center>
  );
}

export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={t('problem.title')} role="alert">
      <Stack align="flex-start" gap="sm">
        {problemText(error)}
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('common.tryAgain')}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

export function Nothing({ icon, children }: { icon?: ReactNode; children: ReactNode }) {
  return (
    <Center py={48}>
      <Stack align="center" gap="sm">
        {icon && (
          <ThemeIcon size={56} radius="xl" variant="default" aria-hidden="true">
            {icon}
          </ThemeIcon>
        )}
        <Text c="dimmed" ta="center">
          {children}
        </Text>
      </Stack>
    </Center>
  );
}

/** Shows the page only to those who may see it. */
export function Guarded({ permission, children }: { permission: string; children: ReactNode }) {
  const { t } = useTranslation();
  const session = useSession();
  if (useMay(permission)) return children;
  return (
    <Stack align="flex-start" maw={520}>
      <ThemeIcon size={56} radius="xl" variant="default" aria-hidden="true">
        <IconLock />
      </ThemeIcon>
      <Title order={1} size="h2">
        {t('forbidden.title')}
      </Title>
      <Text>
        {session?.user.role === 'user' ? t('forbidden.user') : t('forbidden.text', { role: t(`role.${session?.user.role ?? 'user'}`) })}
      </Text>
    </Stack>
  );
}
