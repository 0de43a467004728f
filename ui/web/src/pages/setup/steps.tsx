import { Alert, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { ReactNode, RefCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { KnownPassword, NewPassword } from '../../parts/PasswordField';
import { suggestDomain } from '../../text/checks';
import type { Draft } from './draft';
import classes from './Setup.module.css';

export interface StepProps {
  form: UseFormReturnType<Draft>;
  heading: RefCallback<HTMLHeadingElement>;
}

export function StepFrame({ title, heading, text, children }: { title: string; heading: StepProps['heading']; text?: string; children: ReactNode }) {
  return (
    <Stack>
      <div>
        <Title order={2} size="h4" ref={heading} tabIndex={-1} className={classes.heading}>
          {title}
        </Title>
        {text && (
          <Text size="sm" c="dimmed" mt={4}>
            {text}
          </Text>
        )}
      </div>
      {children}
    </Stack>
  );
}

export function TokenStep({ form, heading, given }: StepProps & { given: boolean }) {
  const { t } = useTranslation();
  return (
    <StepFrame title={t('setup.token.title')} text={t('setup.token.text')} heading={heading}>
      <TextInput
        label={t('setup.token.field')}
        description={given ? t('setup.token.taken') : t('setup.token.help')}
        autoComplete="off"
        spellCheck={false}
        autoFocus={!given}
        classNames={{ input: 'mono' }}
        name="token"
        {...form.getInputProps('token.token')}
      />
    </StepFrame>
  );
}

export function OrganizationStep({ form, heading, languages }: StepProps & { languages: { value: string; label: string }[] }) {
  const { t } = useTranslation();
  const { name, domain } = form.values.organization;
  const rename = (to: string) => {
    // The domain follows the name until somebody writes his own.
    if (domain === '' || domain === suggestDomain(name)) form.setFieldValue('organization.domain', suggestDomain(to));
    form.setFieldValue('organization.name', to);
  };
  return (
    <StepFrame title={t('setup.organization.title')} heading={heading}>
      <TextInput
        label={t('setup.organization.name')}
        placeholder={t('setup.organization.namePlaceholder')}
        autoComplete="organization"
        required
        name="organization"
        {...form.getInputProps('organization.name')}
        onChange={(event) => rename(event.currentTarget.value)}
      />
      <TextInput
        label={t('setup.organization.domain')}
        description={t('setup.organization.domainHelp')}
        autoComplete="off"
        spellCheck={false}
        required
        name="domain"
        {...form.getInputProps('organization.domain')}
      />
      <Select
        label={t('setup.organization.language')}
        description={t('setup.organization.languageHelp')}
        data={languages}
        allowDeselect={false}
        searchable
        name="language"
        {...form.getInputProps('organization.language')}
      />
    </StepFrame>
  );
}

export function AdministratorStep({ form, heading, again }: StepProps & { again: boolean }) {
  const { t } = useTranslation();
  return (
    <StepFrame title={t('setup.administrator.title')} text={t('setup.administrator.text')} heading={heading}>
      {again && form.values.administrator.password === '' && <Alert>{t('setup.administrator.again')}</Alert>}
      <TextInput
        label={t('setup.administrator.email')}
        type="email"
        autoComplete="username"
        required
        name="email"
        {...form.getInputProps('administrator.email')}
      />
      <NewPassword label={t('setup.administrator.password')} required name="password" {...form.getInputProps('administrator.password')} />
      <KnownPassword
        label={t('setup.administrator.confirm')}
        autoComplete="new-password"
        required
        name="confirm"
        {...form.getInputProps('administrator.confirm')}
      />
    </StepFrame>
  );
}
