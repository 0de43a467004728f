import { Select, SimpleGrid, Switch, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import * as z from 'zod/mini';
import type { Role, User } from '../../api/types';
import { NewPassword } from '../../parts/PasswordField';
import { useMay } from '../../session/session';
import { isEmail } from '../../text/checks';
import { i18next } from '../../text/i18n';
import { password, text } from '../../text/rules';
import { RecordForm } from '../../parts/RecordForm';
import type { FormProps } from '../../parts/Records';
import '../../text/setup';

interface Values {
  email: string;
  first_name: string;
  last_name: string;
  role: Role;
  portal: boolean;
  password: string;
}

const ROLES: Role[] = ['owner', 'admin', 'operator', 'user'];

const schema = z.object({
  email: text(isEmail, () => i18next.t('setup.administrator.badEmail')),
  password: password(false),
});

export default function UserForm({ row, onClose }: FormProps<User>) {
  const owners = useMay('owners.write');
  const values: Values = {
    email: row?.email ?? '',
    first_name: row?.first_name ?? '',
    last_name: row?.last_name ?? '',
    role: row?.role ?? 'user',
    portal: row?.portal ?? false,
    password: '',
  };
  return (
    <RecordForm
      path="users"
      row={row}
      onClose={onClose}
      values={values}
      schema={schema}
      nameOf={(v) => v.email}
      fields={(form) => <Fields form={form} owners={owners} />}
    />
  );
}

function Fields({ form, owners }: { form: UseFormReturnType<Values>; owners: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput label={t('users.email')} type="email" required autoComplete="off" data-autofocus {...form.getInputProps('email')} />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput label={t('users.firstName')} autoComplete="off" {...form.getInputProps('first_name')} />
        <TextInput label={t('users.lastName')} autoComplete="off" {...form.getInputProps('last_name')} />
      </SimpleGrid>
      <Select
        label={t('users.role')}
        data={ROLES.filter((r) => owners || r !== 'owner').map((value) => ({ value, label: t(`role.${value}`) }))}
        allowDeselect={false}
        {...form.getInputProps('role')}
      />
      <Switch label={t('users.portalLabel')} {...form.getInputProps('portal', { type: 'checkbox' })} />
      <NewPassword label={t('users.password')} description={t('users.passwordHelp')} {...form.getInputProps('password')} />
    </>
  );
}
