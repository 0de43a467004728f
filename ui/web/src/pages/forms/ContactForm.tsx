import { ActionIcon, Button, Group, Select, SimpleGrid, Stack, NativeSelect, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import * as z from 'zod/mini';
import type { Contact, ContactNumber } from '../../api/contacts';
import { useExtensions, useSites } from '../../api/lists';
import { RecordForm } from '../../parts/RecordForm';
import type { FormProps } from '../../parts/Records';
import { i18next } from '../../text/i18n';
import '../../text/keeping';
import { filled, text } from '../../text/rules';

interface Values {
  first: string;
  last: string;
  company: string;
  email: string;
  numbers: ContactNumber[];
  speed: string;
  site: string;
  extension: string;
}

const KINDS = ['office', 'mobile', 'home', 'other'] as const;
const MOST = 8;

const schema = z
  .object({
    first: z.string(),
    last: z.string(),
    company: z.string(),
    numbers: z.array(z.object({ number: filled(() => i18next.t('contacts.needNumber')) })),
    speed: text((v) => /^\d{0,6}$/.test(v), () => i18next.t('contacts.badSpeed')),
  })
  .check((ctx) => {
    const { first, last, company } = ctx.value;
    if (`${first}${last}${company}`.trim() === '') ctx.issues.push({ code: 'custom', message: i18next.t('contacts.needName'), input: ctx.value, path: ['first'] });
  });

export default function ContactForm({ row, onClose }: FormProps<Contact>) {
  const values: Values = {
    first: row?.first ?? '',
    last: row?.last ?? '',
    company: row?.company ?? '',
    email: row?.email ?? '',
    numbers: row?.numbers ?? [{ kind: 'office', number: '' }],
    speed: row?.speed ?? '',
    site: row?.site?.id ?? '',
    extension: row?.extension ?? '',
  };
  return (
    <RecordForm
      path="contacts"
      row={row}
      onClose={onClose}
      values={values}
      schema={schema}
      nameOf={(v) => `${v.first} ${v.last}`.trim() || v.company}
      fields={(form) => <Fields form={form} isNew={!row} />}
    />
  );
}

function Fields({ form, isNew }: { form: UseFormReturnType<Values>; isNew: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput label={t('contacts.first')} autoComplete="off" data-autofocus {...form.getInputProps('first')} />
        <TextInput label={t('contacts.last')} autoComplete="off" {...form.getInputProps('last')} />
        <TextInput label={t('contacts.company')} autoComplete="off" {...form.getInputProps('company')} />
        <TextInput label={t('contacts.email')} type="email" autoComplete="off" {...form.getInputProps('email')} />
      </SimpleGrid>
      <Stack gap="xs" role="group" aria-label={t('contacts.numbers')}>
        {form.values.numbers.map((_, i) => (
          <Group key={i} gap="xs" align="flex-end" wrap="nowrap">
            <NativeSelect
              label={t('contacts.kind', { n: i + 1 })}
              data={KINDS.map((value) => ({ value, label: t(`contacts.kinds.${value}`) }))}
              w={150}
              {...form.getInputProps(`numbers.${i}.kind`)}
            />
            <TextInput label={t('contacts.number', { n: i + 1 })} type="tel" autoComplete="off" style={{ flex: 1 }} {...form.getInputProps(`numbers.${i}.number`)} />
            {form.values.numbers.length > 1 && (
              <ActionIcon size="lg" variant="default" aria-label={t('contacts.removeNumber', { n: i + 1 })} onClick={() => form.removeListItem('numbers', i)}>
                <IconTrash size={16} />
              </ActionIcon>
            )}
          </Group>
        ))}
        {form.values.numbers.length < MOST && (
          <Button variant="default" size="xs" leftSection={<IconPlus size={14} />} style={{ alignSelf: 'flex-start' }} onClick={() => form.insertListItem('numbers', { kind: 'mobile', number: '' })}>
            {t('contacts.addNumber')}
          </Button>
        )}
      </Stack>
      <TextInput label={t('contacts.speed')} description={t('contacts.speedHelp')} autoComplete="off" inputMode="numeric" {...form.getInputProps('speed')} />
      {isNew && <Books form={form} />}
    </>
  );
}

/** Whose phonebook it is in; that is chosen once. */
function Books({ form }: { form: UseFormReturnType<Values> }) {
  const { t } = useTranslation();
  const sites = useSites();
  const extensions = useExtensions();
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      <Select
        label={t('contacts.siteField')}
        data={(sites.data ?? []).map((s) => ({ value: s.id, label: s.name }))}
        placeholder={t('contacts.everybody')}
        clearable
        clearButtonProps={{ 'aria-label': t('common.clear') }}
        openOnFocus={false}
        disabled={form.values.extension !== ''}
        value={form.values.site || null}
        onChange={(id) => form.setFieldValue('site', id ?? '')}
        error={form.errors.site}
      />
      <Select
        label={t('contacts.personField')}
        data={(extensions.data ?? []).map((e) => ({ value: e.number, label: `${e.number} ${e.name}`.trim() }))}
        placeholder={t('contacts.everybody')}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('common.clear') }}
        openOnFocus={false}
        limit={100}
        disabled={form.values.site !== ''}
        value={form.values.extension || null}
        onChange={(number) => form.setFieldValue('extension', number ?? '')}
        error={form.errors.extension}
      />
    </SimpleGrid>
  );
}
