import { Alert, Button, Stack, TextInput } from '@mantine/core';
import { isNotEmpty, useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, useSearchParams } from 'react-router';
import { ask } from '../api/client';
import { Problem } from '../api/problem';
import type { Session } from '../api/types';
import { KnownPassword } from '../parts/PasswordField';
import { problemText } from '../parts/problemText';
import { useSignIn, useStanding } from '../session/session';
import { Door } from '../shell/Door';
import { i18next } from '../text/i18n';

export default function Login() {
  const { t } = useTranslation();
  const standing = useStanding();
  const signIn = useSignIn();
  const [params] = useSearchParams();
  useEffect(() => {
    document.title = `${t('login.title')} · ${t('product')}`;
  }, [t]);
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: '', password: '' },
    validate: { email: isNotEmpty(t('login.needEmail')), password: isNotEmpty(t('login.needPassword')) },
  });
  const enter = useMutation({
    mutationFn: (values: { email: string; password: string }) => ask<Session>('POST', '/session', { ...values, email: values.email.trim() }),
    onSuccess: signIn,
    onError: () => form.getInputNode('password')?.focus(),
    meta: { ownSession: true },
  });
  if (standing.data?.at === 'in') return <Navigate to={inside(params.get('next'))} replace />;
  if (standing.data?.at === 'setup') return <Navigate to="/setup" replace />;
  return (
    <Door title={t('login.title')} width={420}>
      <form onSubmit={form.onSubmit((values) => enter.mutate(values))} noValidate>
        <Stack>
          {enter.error && (
            <Alert color="red" role="alert">
              {refusal(enter.error)}
            </Alert>
          )}
          <TextInput
            label={t('login.email')}
            type="email"
            autoComplete="username"
            autoFocus
            key={form.key('email')}
            {...form.getInputProps('email')}
          />
          <KnownPassword
            label={t('login.password')}
            autoComplete="current-password"
            key={form.key('password')}
            {...form.getInputProps('password')}
          />
          <Button type="submit" loading={enter.isPending} fullWidth mt="xs">
            {t('login.submit')}
          </Button>
        </Stack>
      </form>
    </Door>
  );
}

/** Only ways inside: an address that came with the link may name any place. */
export function inside(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/';
}

function refusal(e: Error): string {
  if (e instanceof Problem && (e.status === 401 || e.status === 403)) return i18next.t('login.wrong');
  if (e instanceof Problem && e.status === 429) return i18next.t('login.slow', { seconds: e.retryAfter || 60 });
  return problemText(e);
}
