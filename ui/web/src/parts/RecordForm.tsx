// The form of a record, new or changed; each kind gives its fields.
import { Button, Group, Stack, Text } from '@mantine/core';
import { schemaResolver, useForm, type UseFormReturnType } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type * as z from 'zod/mini';
import { ask } from '../api/client';
import { Problem, sortErrors } from '../api/problem';
import { changesOf } from './changes';
import { tell } from './notify';
import type { FormProps, Stored } from './Records';
import { Failed } from './States';

interface Props<T, V extends object> extends FormProps<T> {
  path: string;
  /** What the form begins with. */
  values: V;
  schema: z.ZodMiniType;
  nameOf: (values: V) => string;
  fields: (form: UseFormReturnType<V>) => ReactNode;
  /** Says that a new one was added, instead of the ordinary message. */
  onAdded?: (row: T) => void;
}

export function RecordForm<T extends Stored, V extends object>({ path, values, schema, nameOf, fields, onAdded, row, onClose }: Props<T, V>) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [before] = useState(values);
  const [rest, setRest] = useState<string[]>([]);
  const form = useForm<V>({ initialValues: before, validate: schemaResolver(schema, { sync: true }) });
  const save = useMutation({
    mutationFn: (now: V) => {
      const changes = changesOf(now, before, !row);
      return row
        ? ask<T>('PATCH', `/${path}/${row.id}`, { ...changes, revision: row.revision })
        : ask<T>('POST', `/${path}`, changes);
    },
    onSuccess: (now) => {
      if (!row && onAdded) onAdded(now);
      else tell(row ? t('common.saved') : t('common.added', { name: nameOf(form.values) }));
      onClose();
      return queries.invalidateQueries({ queryKey: [path] });
    },
    onError: (e) => {
      if (!(e instanceof Problem) || e.errors.length === 0) return;
      const sorted = sortErrors(e, (field) => field in before);
      form.setErrors(sorted.fields);
      setRest(sorted.rest);
    },
  });
  const general = save.error && !(save.error instanceof Problem && save.error.errors.length > 0);
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((now) => {
        setRest([]);
        save.mutate(now);
      })}
    >
      <Stack>
        {general && <Failed error={save.error} />}
        {rest.map((words) => (
          <Text key={words} c="red" size="sm" role="alert">
            {words}
          </Text>
        ))}
        {fields(form)}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {row ? t('common.save') : t('common.add')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
