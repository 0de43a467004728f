import { Alert, Button, Checkbox, Group, List, Modal, NumberInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconSchool } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { ask } from '../../../api/client';
import { useModels } from '../../../api/lists';
import type { Lesson } from '../../../api/onboarding';
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
      <Modal opened={opened} onClose={dialog.close} title={t('strangers.teachTitle')} size="lg" centered closeButtonProps={{ 'aria-label': t('common.close') }}>
        <TeachForm {...props} onClose={dialog.close} />
      </Modal>
    </>
  );
}

const NOTHING = { like: '', label: '', vendor: '', lines: '' as number | '', user_agent_rule: '', mac_prefix: '', only_tftp: false, template: '', format: '' };

/** What was typed; what is empty the appliance derives. */
const typed = (v: typeof NOTHING) => Object.fromEntries(Object.entries(v).filter(([, value]) => value !== '' && value !== false));

function TeachForm({ path, said, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const models = useModels();
  const form = useForm({ initialValues: NOTHING });
  const send = (dry: boolean) => ask<Lesson>('POST', path, { ...said, ...typed(form.values), dry_run: dry });
  const show = useMutation({ mutationFn: () => send(true), onError: (e) => sort(e) });
  const teach = useMutation({
    mutationFn: () => send(false),
    onSuccess: (lesson) => {
      tell(t('strangers.taught', { name: lesson.label }));
      onClose();
      void queries.invalidateQueries({ queryKey: ['strangers'] });
      void queries.invalidateQueries({ queryKey: ['templates'] });
    },
    onError: (e) => sort(e),
  });
  const sort = (e: unknown) => {
    if (e instanceof Problem) form.setErrors(sortErrors(e, (field) => field in form.values).fields);
  };
  const failed = show.error ?? teach.error;
  const lesson = show.data;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        form.clearErrors();
        teach.mutate();
      }}
      noValidate
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {t('strangers.teachText')}
        </Text>
        {failed && Object.keys(form.errors).length === 0 && <Failed error={failed} />}
        <Select
          label={t('strangers.model')}
          data={(models.data ?? []).map((m) => ({ value: m.id, label: m.label || m.id }))}
          searchable
          clearable
          limit={100}
          data-autofocus
          openOnFocus={false}
          {...form.getInputProps('like')}
          value={form.values.like || null}
          onChange={(v) => form.setFieldValue('like', v ?? '')}
        />
        <Group grow>
          <TextInput label={t('strangers.vendor')} placeholder={lesson?.vendor} autoComplete="off" {...form.getInputProps('vendor')} />
          <TextInput label={t('strangers.label')} placeholder={lesson?.label} autoComplete="off" {...form.getInputProps('label')} />
          <NumberInput label={t('strangers.lines')} placeholder={lesson && String(lesson.lines)} min={1} allowDecimal={false} {...form.getInputProps('lines')} />
        </Group>
        <TextInput label={t('strangers.rule')} description={t('strangers.ruleHelp')} placeholder={lesson?.user_agent_rule} autoComplete="off" spellCheck={false} {...form.getInputProps('user_agent_rule')} />
        <TextInput label={t('strangers.prefix')} description={t('strangers.prefixHelp')} placeholder={lesson?.mac_prefix} autoComplete="off" spellCheck={false} {...form.getInputProps('mac_prefix')} />
        <Textarea label={t('strangers.template')} description={t('strangers.templateHelp')} autosize minRows={2} maxRows={10} spellCheck={false} {...form.getInputProps('template')} />
        {form.values.template && !form.values.like && (
          <Select label={t('strangers.format')} data={['keyvalue', 'colon', 'quoted', 'section', 'set', 'words', 'xml', 'json']} {...form.getInputProps('format')} value={form.values.format || null} onChange={(v) => form.setFieldValue('format', v ?? '')} />
        )}
        <Checkbox label={t('strangers.onlyTftp')} {...form.getInputProps('only_tftp', { type: 'checkbox' })} />
        {lesson && <Shown lesson={lesson} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          <Button
            variant="default"
            loading={show.isPending}
            onClick={() => {
              form.clearErrors();
              show.mutate();
            }}
          >
            {t('strangers.try')}
          </Button>
          <Button type="submit" loading={teach.isPending}>
            {t('strangers.teach')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What would be saved, and what keeps it from being so. */
function Shown({ lesson }: { lesson: Lesson }) {
  const { t } = useTranslation();
  const facts = [
    `${lesson.label} (${lesson.model})`,
    ...(lesson.files ?? []).map((f) => `${f.name}: ${t(`strangers.kind.${f.kind}`)}`),
    ...(lesson.user_agent_rule ? [`User-Agent: ${lesson.user_agent_rule}`] : []),
    ...(lesson.also?.length ? [t('strangers.also', { models: lesson.also.join(', ') })] : []),
    ...(lesson.notes ?? []),
  ];
  return (
    <>
      <List size="sm">
        {facts.map((text) => (
          <List.Item key={text}>{text}</List.Item>
        ))}
      </List>
      {(lesson.problems ?? []).length > 0 && (
        <Alert color="red" title={t('strangers.problems')}>
          <List size="sm">
            {(lesson.problems ?? []).map((p) => (
              <List.Item key={`${p.field} ${p.line} ${p.text}`}>{p.line > 0 ? t('strangers.line', { line: p.line, text: p.text }) : p.text}</List.Item>
            ))}
          </List>
        </Alert>
      )}
    </>
  );
}
