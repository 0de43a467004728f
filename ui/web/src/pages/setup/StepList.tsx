import { Progress, Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { STEPS } from './draft';
import classes from './Setup.module.css';

/** Where one is; steps that were reached can be gone to. */
export function StepList({ at, reached, onGo }: { at: number; reached: number; onGo: (step: number) => void }) {
  const { t } = useTranslation();
  const name = STEPS[at] ?? 'token';
  return (
    <nav aria-label={t('setup.steps')} className={classes.steps}>
      <Text size="sm" c="dimmed" hiddenFrom="sm" mb={6}>
        {t('setup.progress', { n: at + 1, of: STEPS.length })}: {t(`setup.${name}.label`)}
      </Text>
      <Progress value={((at + 1) / STEPS.length) * 100} size="sm" hiddenFrom="sm" aria-hidden="true" />
      <ol className={classes.list}>
        {STEPS.map((step, i) => (
          <li key={step} className={classes.step} data-state={i === at ? 'here' : i < reached ? 'done' : 'open'}>
            <button type="button" disabled={i > reached} aria-current={i === at ? 'step' : undefined} onClick={() => onGo(i)}>
              <span className={classes.dot} aria-hidden="true">
                {i < reached && i !== at ? <IconCheck size={14} /> : i + 1}
              </span>
              {t(`setup.${step}.label`)}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
