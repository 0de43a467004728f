import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconSchool } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask } from '../../../api/client';
import { useModels } from '../../../api/lists';
import { Problem, sortErrors } from '../../../api/problem';
import { tell } from '../../../parts/notify';
import { Failed } from '../../../parts/States';

interface Props {
  path: string;
  /** Who is taught, for those who do not see the row. */
  name: string;
  /** What tells who it is, such as its MAC. */
  said: Record<string, string>;
}

/** Makes a model of a phone that nobody recognised. */
export function Teach(props: Props) {
  const { t } = useTranslation();
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Button size="xs" variant="default" leftSection={<IconSchool size={15} aria-hidden="true" />} aria-label={t('strangers.teachName', { name: props.name })} onClick={dialog.open}>
        {t('strangers.teach')}
      </Button>
      <Modal opened={opened} onClose={dialog.close} title={t('strangers.teachTitle')} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
        <TeachForm {...props} onClose={dialog.close} />
      </Modal>
    </>
  );
}

function TeachForm({ path, said, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const models = useModels();
  const form = useForm({
    initialValues: { model: '', name: '', label: '', vendor: '' },
    validate: {
      model: (v) => (v ? null : t('strangers.needModel')),
      name: (v) => (/^[a-z0-9][a-z0-9-]{0,62}$/.test(v.trim()) ? null : t('strangers.badName')),
    },
  });
  const teach = useMutation({
    mutationFn: (v: typeof form.values) =>
      ask('POST', path, { ...said, model: v.model, name: v.name.trim(), label: v.label.trim() || v.name.trim(), ...(v.vendor.trim() && { vendor: v.vendor.trim() }) }),
    onSuccess: (_, v) => {
      tell(t('strangers.taught', { name: v.label || v.name }));
      onClose();
      void queries.invalidateQueries({ queryKey: ['strangers'] });
      void queries.invalidateQueries({ queryKey: ['templates'] });
    },
    onError: (e) => {
      if (e instanceof Problem) form.setErrors(sortErrors(e, (field) => field in form.values).fields);
    },
  });
  return (
    <form onSubmit={form.onSubmit((v) => teach.mutate(v))} noValidate>
      <Stack>
        <Text size="sm" c="dimmed">
          {t('strangers.teachText')}
        </Text>
        {teach.error && Object.keys(form.errors).length === 0 && <Failed error={teach.error} />}
        <Select
          label={t('strangers.model')}
          data={(models.data ?? []).map((m) => ({ value: m.id, label: m.label || m.id }))}
          searchable
          required
          limit={100}
          data-autofocus
          openOnFocus={false}
          {...form.getInputProps('model')}
          value={form.values.model || null}
          onChange={(v) => form.setFieldValue('model', v ?? '')}
        />
        <TextInput label={t('strangers.name')} description={t('strangers.nameHelp')} required autoComplete="off" spellCheck={false} {...form.getInputProps('name')} />
        <TextInput label={t('strangers.label')} autoComplete="off" {...form.getInputProps('label')} />
        <TextInput label={t('strangers.vendor')} description={t('strangers.vendorHelp')} autoComplete="off" {...form.getInputProps('vendor')} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={teach.isPending}>
            {t('strangers.teach')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
