// What the catalogue knows of a model.
import { Anchor, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { ModelSure, PhoneModel } from '../../api/templates';
import classes from './Templates.module.css';
import { SureBadge } from './SureBadge';
import { kindName } from './words';

export function Facts({ model }: { model: PhoneModel }) {
  const { t } = useTranslation();
  const { tls } = model;
  const number = (n: number) => n || t('models.unknown');
  const encryption = [tls.min && t('models.tls.min', { min: tls.min }), tls.sips && t('models.tls.sips'), tls.srtp && t('models.tls.srtp'), tls.client && t('models.tls.client')].filter(Boolean);
  const rows: [string, ReactNode][] = [
    [t('models.vendor'), model.vendor],
    [t('models.kind'), kindName(model.kind)],
    [t('models.family'), <span className="mono">{model.family}</span>],
    [t('models.sure'), <SureBadge sure={model.sure} />],
    [t('models.lines'), number(model.lines)],
    [t('models.keys'), number(model.keys)],
    [t('models.softKeys'), number(model.soft_keys)],
    [t('models.modules'), model.module ? t('models.modulesOf', model.module) : t('common.none')],
    [t('models.screen'), model.screen || t('models.unknown')],
    [t('models.codecs'), model.codecs.join(', ') || t('models.unknown')],
    [t('models.doors'), model.doors.join(', ') || t('models.unknown')],
    [t('models.display'), <Way word={model.display in DISPLAYS ? t(`models.displays.${model.display as keyof typeof DISPLAYS}`) : model.display} sure={model.display_sure} />],
    [t('models.login'), <Way word={model.login in LOGINS ? t(`models.logins.${model.login as keyof typeof LOGINS}`) : model.login} sure={model.login_sure} />],
    [t('models.encryption'), encryption.join(', ') || t('models.tls.none')],
    [t('models.trust'), <Trust model={model} />],
    [t('models.reboots'), <span className="mono">{model.reboots.map((r) => (r.endsWith('=') ? r.slice(0, -1) : `${r}*`)).join(', ') || t('models.unknown')}</span>],
    [t('models.keyTypes'), model.key_types.join(', ') || t('models.unknown')],
    [
      t('models.files'),
      <Group gap="xs">
        {model.files.map((f) => (
          <Text key={`${f.kind}${f.name}`} size="sm" className="mono">
            {f.name}
          </Text>
        ))}
      </Group>,
    ],
  ];
  return (
    <dl className={classes.facts}>
      {rows.map(([term, what]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Says how a model does something, and how far that can be trusted. */
function Way({ word, sure }: { word: string; sure: ModelSure }) {
  return (
    <Group gap="xs">
      {word}
      <SureBadge sure={sure} />
    </Group>
  );
}

/** Says how a phone of the model is given our authority. */
function Trust({ model: { tls, doors } }: { model: PhoneModel }) {
  const { t } = useTranslation();
  if (tls.authority) {
    return t(tls.authority_sure === 'unsure' ? 'models.trusts.unsure' : 'models.trusts.yes');
  }
  if (!tls.sips && !doors.includes('https')) {
    return t('common.none');
  }
  return (
    <Stack gap={4} align="flex-start">
      <span>{t('models.trusts.hand')}</span>
      <span>{tls.by_hand || t('models.trusts.unknown')}</span>
      <Anchor size="sm" href="/api/v1/own-authority" download>
        {t('models.trusts.get')}
      </Anchor>
    </Stack>
  );
}

const DISPLAYS = { label: true, idle: true, page: true, none: true };
const LOGINS = { code: true, xml: true, native: true, none: true };
