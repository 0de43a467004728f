import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import classes from '../Phones.module.css';
import { parseDiff } from './explained';

const MARK = { add: '+', remove: '−', same: ' ', place: ' ' };

/** A difference in the unified form; added and removed lines are marked by sign as well as by colour. */
export function Difference({ name, diff }: { name: string; diff: string }) {
  const { t } = useTranslation();
  const said = { add: t('phoneFiles.added'), remove: t('phoneFiles.removed'), same: '', place: '' };
  if (diff === '') return <Text size="sm">{t('phoneFiles.noDiff')}</Text>;
  return (
    <div className={classes.file} role="region" aria-label={t('phoneFiles.diffOf', { name })} tabIndex={0}>
      {parseDiff(diff).map((line, i) => (
        <div key={i} className={classes.fileLine} data-kind={line.kind}>
          <span className={classes.number} aria-hidden="true">
            {MARK[line.kind]}
          </span>
          <code>
            {said[line.kind] && <span className="onlyRead">{said[line.kind]}: </span>}
            {line.text || ' '}
          </code>
        </div>
      ))}
    </div>
  );
}
