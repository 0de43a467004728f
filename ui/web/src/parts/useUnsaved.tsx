import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import '../text/telephony';
import { Ask } from './Ask';

/** Asks before what was changed is left: by a link of the page, or by closing it. */
export function useUnsaved(dirty: boolean): ReactNode {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [to, setTo] = useState('');
  useEffect(() => {
    if (!dirty) return undefined;
    const closing = (event: BeforeUnloadEvent) => event.preventDefault();
    const link = (event: MouseEvent) => {
      const a = (event.target as Element).closest?.('a[href^="/"]');
      if (!a || event.ctrlKey || event.metaKey || a.hasAttribute('download')) return;
      event.preventDefault();
      event.stopPropagation();
      setTo(a.getAttribute('href') ?? '');
    };
    window.addEventListener('beforeunload', closing);
    document.addEventListener('click', link, true);
    return () => {
      window.removeEventListener('beforeunload', closing);
      document.removeEventListener('click', link, true);
    };
  }, [dirty]);
  return (
    <Ask opened={to !== ''} title={t('telephony.features.leave')} confirm={t('telephony.features.leaveGo')} danger busy={false} onConfirm={() => void navigate(to)} onClose={() => setTo('')}>
      {t('telephony.features.leaveText')}
    </Ask>
  );
}
