import { Alert, Anchor, Card, Group, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { languages } from '../../text/checks';
import { isBlank, routeOf, type Draft, type StepName } from './draft';
import classes from './Setup.module.css';
import { StepFrame, type StepProps } from './steps';

/** How many extensions the summary names. */
const NAMED = 6;

export default function SummaryStep({ draft, heading, onGo }: { draft: Draft; heading: StepProps['heading']; onGo: (step: StepName) => void }) {
  const { t } = useTranslation();
  const rows = draft.extensions.filter((r) => !isBlank(r));
  const more = rows.length - NAMED;
  const missing = draft.administrator.password === '';
  const blocks: { step: StepName; lines: [string, string][] }[] = [
    {
      step: 'organization',
      lines: [
        [t('setup.organization.name'), draft.organization.name],
        [t('setup.organization.domain'), draft.organization.domain],
        [t('setup.organization.language'), languages().find((l) => l.value === draft.organization.language)?.label ?? ''],
      ],
    },
    {
      step: 'administrator',
      lines: [
        [t('setup.administrator.email'), draft.administrator.email],
        [t('setup.summary.password'), missing ? t('setup.summary.passwordMissing') : t('setup.summary.passwordSet')],
      ],
    },
    {
      step: 'site',
      lines: [
        [t('setup.site.name'), draft.site.name],
        [t('setup.site.timezone'), draft.site.timezone],
        [t('setup.site.networks'), draft.site.networks.join(', ') || t('setup.summary.noNetworks')],
        [t('setup.site.adoption'), t(`setup.adoption.${draft.site.adoption}`)],
        [t('setup.site.emergency'), draft.site.emergency.join(', ') || t('common.none')],
      ],
    },
    {
      step: 'extensions',
      lines: [
        ...rows.slice(0, NAMED).map((r): [string, string] => [r.number, r.name]),
        ...(rows.length === 0 ? [[t('setup.extensions.label'), t('setup.summary.noExtensions')] as [string, string]] : []),
        ...(more > 0 ? [['', t('setup.summary.more', { count: more })] as [string, string]] : []),
        ...(routeOf(draft) && draft.site.emergency.length > 0 ? [[t('setup.extensions.route'), routeOf(draft)] as [string, string]] : []),
      ],
    },
  ];
  return (
    <StepFrame title={t('setup.summary.title')} text={t('setup.summary.text')} heading={heading}>
      {missing && <Alert color="orange">{t('setup.summary.passwordAgain')}</Alert>}
      <Stack gap="sm">
        {blocks.map(({ step, lines }) => (
          <Card key={step} withBorder padding="sm">
            <Group justify="space-between" mb={4}>
              <Title order={3} size="h6">
                {t(`setup.${step}.label`)}
              </Title>
              <Anchor
                component="button"
                type="button"
                size="sm"
                onClick={() => onGo(step)}
                aria-label={t('setup.summary.change', { what: t(`setup.${step}.label`) })}
              >
                {t('common.edit')}
              </Anchor>
            </Group>
            <dl className={classes.summary}>
              {lines.map(([name, value], i) => (
                <Group key={i} component="div" gap="sm" wrap="nowrap" align="baseline" py={1}>
                  <Text component="dt" size="sm" c="dimmed" w="40%" maw={190} style={{ flexShrink: 0 }}>
                    {name}
                  </Text>
                  <Text component="dd" size="sm" m={0} style={{ overflowWrap: 'anywhere' }}>
                    {value}
                  </Text>
                </Group>
              ))}
            </dl>
          </Card>
        ))}
      </Stack>
    </StepFrame>
  );
}
