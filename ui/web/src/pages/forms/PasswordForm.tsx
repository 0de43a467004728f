// The form of one's own new password; it comes when it is opened first.
import { Button, Group, Stack } from '@mantine/core';
import { schemaResolver, useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import * as z from 'zod/mini';
import { ask } from '../../api/client';
import { Problem, sortErrors } from '../../api/problem';
import { tell } from '../../parts/notify';
import { KnownPassword, NewPassword } from '../../parts/PasswordField';
import { Failed } from '../../parts/States';
import { i18next } from '../../text/i18n';
import { filled, password } from '../../text/rules';

const schema = z
  .object({ current: filled(() => i18next.t('login.needPassword')), new: password(true), confirm: z.string() })
  .check(z.refine((v) => v.new === v.confirm, { path: ['confirm'], error: () => i18next.t('password.differs'), when: () => true }));

export default function PasswordForm({ onDone }: { onDone: () => void }) {
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
