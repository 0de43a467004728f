import { useEffect, useState } from 'react';
import { i18next } from '../text/i18n';

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** The browser's own spelling of dates, if it speaks the language of the pages. */
const spoken = (): string => (navigator.language.split('-')[0] === i18next.language ? navigator.language : i18next.language);

/** "3 minutes ago". */
export function ago(then: number, now: number, language = i18next.language): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
  const seconds = Math.min(0, Math.round((then - now) / 1000));
  for (const [unit, size] of STEPS) {
    if (-seconds >= size) return format.format(Math.ceil(seconds / size), unit);
  }
  return format.format(0, 'second');
}

/** "1:05", "1:02:03". */
export function span(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const h = Math.floor(s / 3600);
  return h > 0 ? `${h}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

/** Whether a time was said: Go writes the year 1 where there is none. */
export function said(at: string | null | undefined): at is string {
  return !!at && !at.startsWith('0001-') && !Number.isNaN(Date.parse(at));
}

/** The time now, told again every so many ms. */
export function useNow(every: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

export function Ago({ at, now }: { at: string; now: number }) {
  if (!said(at)) return null;
  const then = Date.parse(at);
  return (
    <time dateTime={at} title={new Date(then).toLocaleString(spoken())}>
      {ago(then, now)}
    </time>
  );
}

/** A moment; short leaves the day out where it is today. */
export function At({ at, short = false }: { at: string | null | undefined; short?: boolean }) {
  if (!said(at)) return null;
  const today = short && new Date(at).toDateString() === new Date().toDateString();
  return (
    <time dateTime={at}>
      {new Date(at).toLocaleString(spoken(), { dateStyle: today ? undefined : 'medium', timeStyle: 'medium' })}
    </time>
  );
}
