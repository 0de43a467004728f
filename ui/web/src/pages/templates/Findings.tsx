// What is wrong with a text; each finding leads to its line.
import { Text } from '@mantine/core';
import { IconAlertCircle, IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Finding } from '../../api/templates';
import { problemText } from '../../parts/problemText';
import classes from './Templates.module.css';

interface Props {
  findings?: Finding[];
  error: Error | null;
  checking: boolean;
  onGo: (at: { line: number; column: number }) => void;
}

export function Findings({ findings, error, checking, onGo }: Props) {
  const { t } = useTranslation();
  const severe = (findings ?? []).filter((f) => f.severity === 'error').length;
  const words = error
    ? problemText(error)
    : checking || !findings
      ? t('templates.editor.check')
      : findings.length === 0
        ? t('templates.editor.good')
        : [severe > 0 && t('templates.editor.faults', { count: severe }), severe < findings.length && t('templates.editor.remarks', { count: findings.length - severe })].filter(Boolean).join(', ');
  return (
    <div data-findings={checking ? undefined : findings?.length}>
      <Text size="sm" role="status" c={error ? 'red' : undefined}>
        {!error && !checking && findings?.length === 0 && <IconCheck size={14} aria-hidden="true" />} {words}
      </Text>
      <ul className={classes.findings}>
        {(findings ?? []).map((f, i) => (
          <li key={i}>
            <button type="button" onClick={() => onGo({ line: f.line, column: f.column })} data-severity={f.severity}>
              {f.severity === 'error' ? <IconAlertCircle size={16} className={classes.error} aria-hidden="true" /> : <IconAlertTriangle size={16} className={classes.warning} aria-hidden="true" />}
              <span className={`${classes.where} ${classes[f.severity]}`}>
                {t(`templates.editor.${f.severity}`)}
                {f.line > 0 && `, ${t('templates.editor.faultAt', { line: f.line }).toLowerCase()}`}
              </span>
              <span>{f.text}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
