// A built-in template, to be read.
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { builtinText } from '../../api/templates';
import { Failed, Loading } from '../../parts/States';
import Code from './code/Code';

export default function Builtin({ model, file }: { model: string; file: string }) {
  const { t } = useTranslation();
  const text = useQuery(builtinText(model, file));
  if (text.isPending) return <Loading />;
  if (text.error) return <Failed error={text.error} onRetry={() => void text.refetch()} />;
  return <Code value={text.data.text} label={t('templates.editor.label', { file })} height="65vh" />;
}
