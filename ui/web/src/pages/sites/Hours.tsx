import { Button, Card, Group, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask } from '../../api/client';
import { Problem, sortErrors } from '../../api/problem';
import type { Site } from '../../api/types';
import { tell } from '../../parts/notify';
import { Failed } from '../../parts/States';
import { useMay } from '../../session/session';

/** The hours in which phones of the site are told of changes. */
export function Hours({ site }: { site: Site }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const mayWrite = useMay('sites.write');
  const form = useForm({
    initialValues: { resync_from: site.resync_from ?? '', resync_until: site.resync_until ?? '' },
    validate: (v) => (!v.resync_from === !v.resync_until ? {} : { resync_until: t('sitePage.both') }),
  });
  const save = useMutation({
    mutationFn: (v: typeof form.values) => ask('PATCH', `/sites/${site.id}`, { ...v, revision: site.revision }),
    onSuccess: () => {
      tell(t('common.saved'));
      return queries.invalidateQueries({ queryKey: ['sites'] });
    },
    onError: (e) => {
      if (e instanceof Problem) form.setErrors(sortErrors(e, (field) => field in form.values).fields);
    },
  });
  return (
    <Card withBorder>
      <form onSubmit={form.onSubmit((v) => save.mutate(v))} noValidate>
        <Title order={2} size="h4">
          {t('sitePage.hours')}
        </Title>
        <Text size="sm" c="dimmed" mb="sm">
          {t('sitePage.hoursHelp')}
        </Text>
        {save.error && Object.keys(form.errors).length === 0 && <Failed error={save.error} />}
        <Group align="flex-start">
          <TextInput type="time" label={t('sitePage.from')} readOnly={!mayWrite} {...form.getInputProps('resync_from')} />
          <TextInput type="time" label={t('sitePage.until')} readOnly={!mayWrite} {...form.getInputProps('resync_until')} />
          {mayWrite && (
            <Button type="submit" variant="default" mt={25} loading={save.isPending}>
              {t('common.save')}
            </Button>
          )}
        </Group>
      </form>
    </Card>
  );
}
