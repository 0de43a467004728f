import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLive } from '../../live/live';
import { nameOf } from './words';

/** Tells those who do not see the list which phones have arrived. */
export function Arrivals() {
  const { t } = useTranslation();
  const { fresh, devices } = useLive();
  const told = useRef(new Set(fresh.keys()));
  const [words, setWords] = useState('');
  useEffect(() => {
    const news = [...fresh.keys()].filter((id) => !told.current.has(id));
    for (const id of news) told.current.add(id);
    const first = devices.get(news[0] ?? '');
    if (news.length > 1) setWords(t('phones.arrivedMany', { count: news.length }));
    else if (first) setWords(t('phones.arrived', { name: nameOf(first, t('phones.unknownModel')), mac: first.mac }));
  }, [fresh, devices, t]);
  return (
    <div className="onlyRead" aria-live="polite">
      {words}
    </div>
  );
}
