// The desk at which a template is written: its text, and what is known about it.
import { Badge, Button, Group, Stack, Tabs, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconDeviceFloppy } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useRollouts } from '../../api/rollouts';
import { useLanguage, type OwnTemplate, type PhoneModel } from '../../api/templates';
import { Failed, Loading } from '../../parts/States';
import { useTabInView } from '../../parts/useTabInView';
import { useMay } from '../../session/session';
import { Rollouts } from '../rollouts/Rollouts';
import Code from './code/Code';
import { ComparePanel } from './ComparePanel';
import { Findings } from './Findings';
import { Phones } from './OwnList';
import { PreviewPanel } from './PreviewPanel';
import { SaveVersion } from './SaveVersion';
import classes from './Templates.module.css';
import { TestsPanel } from './TestsPanel';
import { useCheck, useDraft } from './useDraft';
import { VersionsPanel } from './VersionsPanel';
import { inForce, scopeName, versionName } from './words';

const PANELS = ['preview', 'compare', 'versions', 'tests', 'rollouts'] as const;

export default function Desk({ template, model }: { template: OwnTemplate; model: PhoneModel }) {
  const { t } = useTranslation();
  const mayWrite = useMay('templates.write');
  useRollouts(useMay('rollouts.read')); // what is in force changes with them, whichever panel is open
  const language = useLanguage();
  const { draft, setDraft, markSaved, dirty, builtin, error } = useDraft(template);
  const check = useCheck(template, draft?.text);
  const [go, setGo] = useState<{ line: number; column: number }>();
  const [saving, save] = useDisclosure(false);
  const [params, setParams] = useSearchParams();
  const panel = PANELS.find((p) => p === params.get('panel')) ?? 'preview';
  const tabs = useTabInView(panel);
  if (error) return <Failed error={error} />;
  if (!draft) return <Loading />;
  const broken = check.findings?.some((f) => f.severity === 'error') ?? false;
  return (
    <>
      <Group gap="xs" mb="sm" wrap="wrap">
        <Badge variant="default" size="lg" className="mono" tt="none">
          {template.file}
        </Badge>
        <Badge variant="default" size="lg" tt="none">
          {scopeName(template)}
        </Badge>
        <Text size="sm">
          {t('templates.state')}: <b data-inforce={template.active}>{inForce(template)}</b>, <Phones of={template} />
        </Text>
      </Group>
      <div className={classes.desk}>
        <Stack gap="xs">
          <Group justify="space-between" gap="xs">
            <Text size="sm" c="dimmed" role="status">
              {t('templates.editor.draftOf', { what: versionName(draft.from) })}
              {dirty && <b> · {t('templates.editor.unsaved')}</b>}
            </Text>
            {mayWrite && (
              <Group gap="xs">
                <Button size="xs" variant="default" disabled={draft.text === builtin} onClick={() => setDraft({ ...draft, text: builtin ?? '', from: 0 })}>
                  {t('templates.editor.reset')}
                </Button>
                <Button size="xs" leftSection={<IconDeviceFloppy size={15} />} disabled={broken} onClick={save.open}>
                  {t('templates.editor.save', { number: template.latest + 1 })}
                </Button>
              </Group>
            )}
          </Group>
          <div className={classes.frame}>
            <Code
                value={draft.text}
                onChange={mayWrite ? (text) => setDraft((now) => now && { ...now, text }) : undefined}
                label={t('templates.editor.label', { file: template.file })}
                describedBy="editor-keys"
                findings={check.findings}
                language={language.data}
                parts={model.parts}
                height="min(62vh, 720px)"
                go={go}
              />
          </div>
          <Text size="xs" c="dimmed" id="editor-keys">
            {t('templates.editor.keys')}
          </Text>
          <Findings findings={check.findings} error={check.error} checking={check.checked !== draft.text} onGo={setGo} />
        </Stack>
        <Tabs value={panel} onChange={(to) => setParams({ panel: to ?? 'preview' }, { replace: true })} keepMounted={false}>
          <Tabs.List ref={tabs} aria-label={t('templates.panel.label')}>
            {PANELS.map((p) => (
              <Tabs.Tab key={p} value={p} px="sm">
                {t(`templates.panel.${p}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="preview" pt="sm">
            <PreviewPanel template={template} text={draft.text} ready={!broken && check.checked === draft.text} broken={broken} />
          </Tabs.Panel>
          <Tabs.Panel value="compare" pt="sm">
            <ComparePanel template={template} text={draft.text} builtin={builtin ?? ''} />
          </Tabs.Panel>
          <Tabs.Panel value="versions" pt="sm">
            <VersionsPanel
              template={template}
              onLoad={(v) => {
                const loaded = { text: v.text ?? '', tests: v.tests ?? [], from: v.number };
                setDraft(loaded);
                markSaved(loaded);
              }}
            />
          </Tabs.Panel>
          <Tabs.Panel value="tests" pt="sm">
            <TestsPanel model={template.model} tests={draft.tests} onChange={(tests) => setDraft({ ...draft, tests })} readOnly={!mayWrite} />
          </Tabs.Panel>
          <Tabs.Panel value="rollouts" pt="sm">
            <Rollouts kind="template" subject={template.id} />
          </Tabs.Panel>
        </Tabs>
      </div>
      <SaveVersion opened={saving} onClose={save.close} template={template} draft={draft} onSaved={(number) => {
          const now = { ...draft, from: number };
          setDraft(now);
          markSaved(now);
        }} />
    </>
  );
}
