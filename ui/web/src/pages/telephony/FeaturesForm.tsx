import { Button, Group, NumberInput, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { Problem, sortErrors } from '../../api/problem';
import type { Extension } from '../../api/types';
import { tell } from '../../parts/notify';
import { Failed } from '../../parts/States';
import { useUnsaved } from '../../parts/useUnsaved';
import { useMay } from '../../session/session';
import phones from '../phones/Phones.module.css';

/** Where the calls of a number's extension go. */
export default function FeaturesForm({ extension }: { extension: Extension }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const may = useMay('extensions.write');
  const { forward } = extension;
  const form = useForm({
    initialValues: {
      dnd: extension.do_not_disturb,
      always: forward?.always ?? '',
      busy: forward?.busy ?? '',
      no_answer: forward?.no_answer ?? '',
      no_answer_after: forward?.no_answer_after ?? 0,
    },
  });
  const leaving = useUnsaved(form.isDirty());
  const save = useMutation({
    mutationFn: ({ dnd, ...rest }: typeof form.values) =>
      ask('PATCH', `/extensions/${extension.id}`, { revision: extension.revision, do_not_disturb: dnd, forward: { ...forward, ...rest } }),
    onSuccess: () => {
      form.resetDirty();
      tell(t('common.saved'));
      return queries.invalidateQueries({ queryKey: ['extensions'] });
    },
    onError: (e) => {
      if (e instanceof Problem) form.setErrors(sortErrors(e, (path) => path in form.values).fields);
    },
  });
  return (
    <form onSubmit={form.onSubmit((v) => save.mutate(v))} noValidate>
      <fieldset disabled={!may} className={phones.plain}>
        <Stack>
          <Text size="sm" c="dimmed">
            {t('telephony.features.text')}
          </Text>
          {save.error && Object.keys(form.errors).length === 0 && <Failed error={save.error} />}
          <Switch label={t('telephony.features.dnd')} {...form.getInputProps('dnd', { type: 'checkbox' })} />
          <TextInput label={t('telephony.features.always')} autoComplete="off" {...form.getInputProps('always')} />
          <TextInput label={t('telephony.features.busy')} autoComplete="off" {...form.getInputProps('busy')} />
          <Group grow align="flex-end">
            <TextInput label={t('telephony.features.noAnswer')} autoComplete="off" {...form.getInputProps('no_answer')} />
            <NumberInput label={t('telephony.features.after')} min={0} max={600} allowDecimal={false} hideControls {...form.getInputProps('no_answer_after')} />
          </Group>
          <Group>
            <Button type="submit" disabled={!form.isDirty()} loading={save.isPending}>
              {t('telephony.features.save')}
            </Button>
          </Group>
        </Stack>
      </fieldset>
      {leaving}
    </form>
  );
}
