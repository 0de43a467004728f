import { Select, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { useExtensions } from '../../api/lists';
import { Problem, sortErrors } from '../../api/problem';
import type { Site } from '../../api/types';
import { AddForm, AddModal } from '../../parts/Adding';
import { tell } from '../../parts/notify';
import { Failed } from '../../parts/States';
import { isE164 } from '../../text/checks';
import { choiceOf } from '../phones/words';

/** A number that the operator has allocated to a site. */
export default function AddNumber({ site, onClose }: { site: Site; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const extensions = useExtensions();
  const form = useForm({
    initialValues: { number: '', extension: '', active: true },
    validate: { number: (v) => (isE164(v.replace(/[\s()-]/g, '')) ? null : t('telephony.badNumber')) },
  });
  const add = useMutation({
    mutationFn: (v: typeof form.values) =>
      ask('POST', '/numbers', { number: v.number.replace(/[\s()-]/g, ''), site: site.id, status: v.active ? 'active' : 'reserved', ...(v.extension && { extension: v.extension }) }),
    onSuccess: (_, v) => {
      tell(t('telephony.added', { number: v.number }));
      onClose();
      return queries.invalidateQueries({ queryKey: ['numbers'] });
    },
    onError: (e) => {
      if (e instanceof Problem) form.setErrors(sortErrors(e, (path) => path in form.values).fields);
    },
  });
  return (
    <AddModal onClose={onClose} title={t('telephony.addTitle')}>
      <AddForm onSubmit={form.onSubmit((v) => add.mutate(v))} onClose={onClose} busy={add.isPending}>
        {add.error && Object.keys(form.errors).length === 0 && <Failed error={add.error} />}
        <TextInput label={t('telephony.addNumber')} description={t('telephony.addHelp')} required data-autofocus autoComplete="off" {...form.getInputProps('number')} />
        <Select
          label={t('telephony.extension')}
          data={(extensions.data ?? []).filter((e) => !e.site || e.site.id === site.id).map(choiceOf)}
          searchable
          clearable
          limit={100}
          {...form.getInputProps('extension')}
          value={form.values.extension || null}
          onChange={(v) => form.setFieldValue('extension', v ?? '')}
        />
        <Switch label={t('telephony.addActive')} {...form.getInputProps('active', { type: 'checkbox' })} />
      </AddForm>
    </AddModal>
  );
}
