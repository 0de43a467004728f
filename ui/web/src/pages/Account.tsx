import { Button, Card, Group, Modal, Stack, Text } from '@mantine/core';
import { schemaResolver, useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconKey } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import * as z from 'zod/mini';
import { ask } from '../api/client';
import { Problem, sortErrors } from '../api/problem';
import { tell } from '../parts/notify';
import { Page } from '../parts/Page';
import { KnownPassword, NewPassword } from '../parts/PasswordField';
import { Failed } from '../parts/States';
import { useSession } from '../session/session';
import { i18next } from '../text/i18n';
import { filled, password } from '../text/rules';

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
        <ChangePassword onDone={dialog.close} />
      </Modal>
    </Page>
  );
}

const schema = z
  .object({ current: filled(() => i18next.t('login.needPassword')), new: password(true), confirm: z.string() })
  .check(z.refine((v) => v.new === v.confirm, { path: ['confirm'], error: () => i18next.t('password.differs'), when: () => true }));

function ChangePassword({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const form = useForm({ initialValues: { current: '', new: '', confirm: '' }, validate: schemaResolver(schema, { sync: true }) });
  const change = useMutation({
    mutationFn: (v: typeof form.values) => ask('POST', '/session/password', { current: v.current, new: v.new }),
    onSuccess: () => {
      tell(t('account.changed'));
      onDone();
    },
    onError: (e) => {
      if (!(e instanceof Problem)) return;
      // The answer to a wrong current password is about this field, not the session.
      if (e.status === 401) form.setErrors({ current: t('account.wrong') });
      else form.setErrors(sortErrors(e, (path) => path in form.values).fields);
    },
    meta: { ownSession: true },
  });
  const atField = Object.keys(form.errors).length > 0;
  return (
    <form onSubmit={form.onSubmit((v) => change.mutate(v))} noValidate>
      <Stack>
        {change.error && !atField && <Failed error={change.error} />}
        <KnownPassword label={t('account.current')} autoComplete="current-password" data-autofocus {...form.getInputProps('current')} />
        <NewPassword label={t('account.new')} {...form.getInputProps('new')} />
        <KnownPassword label={t('account.confirm')} autoComplete="new-password" {...form.getInputProps('confirm')} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={change.isPending}>
            {t('account.change')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
