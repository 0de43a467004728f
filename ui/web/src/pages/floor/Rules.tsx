// The organization's rules of hot desking: when guests go home, and which secrets do.
import { Modal, NumberInput, Stack, Switch, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { useOrganizations } from '../../api/lists';
import { Problem, sortErrors } from '../../api/problem';
import type { Organization } from '../../api/types';
import { FormEnd } from '../../parts/FormEnd';
import { changesOf } from '../../parts/changes';
import { tell } from '../../parts/notify';
import { Failed, Loading } from '../../parts/States';
import { useSession } from '../../session/session';

export default function Rules({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const session = useSession();
  const { data, error } = useOrganizations();
  const own = data?.find((o) => o.id === session?.organization.id);
  return (
    <Modal opened onClose={onClose} title={t('floor.rules.title')} centered closeButtonProps={{ 'aria-label': t('common.close') }}>
      {error && <Failed error={error} />}
      {!error && !own && <Loading />}
      {own && <Form of={own} onClose={onClose} />}
    </Modal>
  );
}

function Form({ of, onClose }: { of: Organization; onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const form = useForm({
    initialValues: {
      nightly_release: of.nightly_release ?? '',
      idle_release: of.idle_release ?? 0,
      pin_for_code: of.pin_for_code ?? false,
      pin_digits: of.pin_digits || 6,
    },
    validate: { nightly_release: (v) => (/^(([01]\d|2[0-3]):[0-5]\d)?$/.test(v) ? null : t('floor.rules.badHour')) },
  });
  const save = useMutation({
    mutationFn: (v: typeof form.values) => ask('PATCH', `/organizations/${of.id}`, changesOf(v, form.getInitialValues(), false)),
    onSuccess: () => {
      tell(t('common.saved'));
      onClose();
      return queries.invalidateQueries({ queryKey: ['organizations'] });
    },
    onError: (e) => {
      if (e instanceof Problem) form.setErrors(sortErrors(e, (path) => path in form.values).fields);
    },
  });
  return (
    <form onSubmit={form.onSubmit((v) => save.mutate(v))} noValidate>
      <Stack>
        {save.error && Object.keys(form.errors).length === 0 && <Failed error={save.error} />}
        <TextInput label={t('floor.rules.nightly')} description={t('floor.rules.nightlyHelp')} placeholder="20:00" autoComplete="off" data-autofocus {...form.getInputProps('nightly_release')} />
        <NumberInput label={t('floor.rules.idle')} description={t('floor.rules.idleHelp')} min={0} max={8760} allowDecimal={false} {...form.getInputProps('idle_release')} />
        <NumberInput label={t('floor.rules.digits')} description={t('floor.rules.digitsHelp')} min={4} max={10} allowDecimal={false} {...form.getInputProps('pin_digits')} />
        <Switch label={t('floor.rules.pin')} description={t('floor.rules.pinHelp')} {...form.getInputProps('pin_for_code', { type: 'checkbox' })} />
        <FormEnd onClose={onClose} busy={save.isPending} />
      </Stack>
    </form>
  );
}
