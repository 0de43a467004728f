import { PasswordInput, Progress, Stack, Text, type PasswordInputProps } from '@mantine/core';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { strengthOf } from '../text/password';

const COLOUR = { none: 'gray', weak: 'red', fair: 'yellow', good: 'teal', strong: 'teal' } as const;
const SHARE = { none: 0, weak: 25, fair: 50, good: 75, strong: 100 } as const;

/** A new password with a hint of how strong it is. */
export function NewPassword(props: PasswordInputProps & { value?: string }) {
  const { t } = useTranslation();
  const hint = useId();
  const level = strengthOf(props.value ?? '');
  return (
    <Stack gap={6}>
      <PasswordInput
        autoComplete="new-password"
        aria-describedby={hint}
        {...props}
        visibilityToggleButtonProps={{ 'aria-label': t('password.show'), tabIndex: 0 }}
      />
      <Progress value={SHARE[level]} color={COLOUR[level]} size={4} aria-hidden="true" />
      <Text size="xs" c="dimmed" id={hint} aria-live="polite">
        {t(`password.level.${level}`)}
      </Text>
    </Stack>
  );
}

/** A password that exists already, or is typed a second time. */
export function KnownPassword(props: PasswordInputProps) {
  const { t } = useTranslation();
  return <PasswordInput {...props} visibilityToggleButtonProps={{ 'aria-label': t('password.show'), tabIndex: 0 }} />;
}
