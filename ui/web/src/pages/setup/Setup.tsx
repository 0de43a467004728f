// The wizard: a few steps, all of them kept until the appliance has taken them.
import { Alert, Anchor, Button, Group, List, Stack } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { ask } from '../../api/client';
import { Problem, sortErrors } from '../../api/problem';
import type { SetupState } from '../../api/types';
import { problemText } from '../../parts/problemText';
import { Failed, Loading } from '../../parts/States';
import { Door } from '../../shell/Door';
import { languages, timeZones } from '../../text/checks';
import { i18next } from '../../text/i18n';
import { bodyOf, forget, freshDraft, hasField, keep, renameField, restore, stepOf, STEPS, type StepName } from './draft';
import { faultsOf } from './schema';
import { StepList } from './StepList';
import { AdministratorStep, OrganizationStep, TokenStep } from './steps';
import '../../text/setup';

// The later steps are fetched while the first ones are filled in.
const site = () => import('./SiteStep');
const extensions = () => import('./ExtensionsStep');
const summary = () => import('./SummaryStep');
const SiteStep = lazy(site);
const ExtensionsStep = lazy(extensions);
const SummaryStep = lazy(summary);

export default function Setup() {
  const { t } = useTranslation();
  const setup = useQuery({ queryKey: ['setup'], queryFn: () => ask<SetupState>('GET', '/setup'), staleTime: Infinity });
  useEffect(() => {
    document.title = t('setup.title');
  }, [t]);
  return (
    <Door title={t('setup.title')} width={760}>
      {setup.isPending && <Loading />}
      {setup.error && <Failed error={setup.error} onRetry={() => void setup.refetch()} />}
      {setup.data && !setup.data.needed && <DoneAlready />}
      {setup.data?.needed && <Wizard suggested={setup.data.suggested} />}
    </Door>
  );
}

function DoneAlready() {
  const { t } = useTranslation();
  return (
    <Stack align="flex-start">
      <Alert>{t('setup.doneAlready')}</Alert>
      <Anchor component={Link} to="/">
        {t('setup.toLogin')}
      </Anchor>
    </Stack>
  );
}

function Wizard({ suggested }: { suggested: SetupState['suggested'] }) {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const zones = useMemo(timeZones, []);
  const [given] = useState(() => params.get('token') ?? '');
  const [kept] = useState(() => restore(freshDraft(suggested, zones, given, spoken()), sessionStorage));
  const [reached, setReached] = useState(kept.reached);
  const [rest, setRest] = useState<string[]>([]);
  const form = useForm({ initialValues: kept.draft });
  const finish = useFinish();
  const queries = useQueryClient();

  const wanted = STEPS.indexOf(params.get('step') as StepName);
  const at = wanted >= 0 && wanted <= reached ? wanted : 0;
  const step = STEPS[at] ?? 'token';

  useEffect(() => keep(form.values, reached, sessionStorage), [form.values, reached]);

  const go = (to: number, replace = false) => {
    setReached((r) => Math.max(r, to));
    setParams({ step: STEPS[to] ?? 'token' }, { replace });
  };
  // The token leaves the address as soon as it is kept.
  useEffect(() => {
    if (params.has('token')) setParams({ step: 'token' }, { replace: true });
  }, [params, setParams]);

  const heading = useFocusOn(step);
  useEffect(() => {
    // Where it fails, the step itself asks again and says what is wrong.
    Promise.all([site(), extensions(), summary()]).catch(() => undefined);
  }, []);

  const show = (faults: Record<string, string>) => {
    const steps = Object.keys(faults).map((path) => STEPS.indexOf(stepOf(path)));
    form.setErrors(faults);
    if (steps.length > 0) go(Math.min(...steps));
    focusFault();
  };

  const next = () => {
    setRest([]);
    const faults = faultsOf(step, form.values);
    if (Object.keys(faults).length > 0) {
      form.setErrors(faults);
      focusFault();
      return;
    }
    form.clearErrors();
    if (step !== 'summary') {
      go(at + 1);
      return;
    }
    const all = STEPS.reduce<Record<string, string>>((sum, s) => ({ ...sum, ...faultsOf(s, form.values) }), {});
    if (Object.keys(all).length > 0) show(all);
    else finish.mutate(bodyOf(form.values), { onError: refused });
  };

  const refused = (e: Error) => {
    if (e instanceof Problem && e.status === 403) {
      show({ 'token.token': t('setup.token.wrong') });
      return;
    }
    if (e instanceof Problem && e.status === 409) {
      // Somebody was quicker: what was typed here is of no use any more.
      forget(sessionStorage);
      queries.setQueryData<SetupState>(['setup'], { needed: false });
      return;
    }
    if (e instanceof Problem && e.errors.length > 0) {
      const sorted = sortErrors(e, (path) => hasField(form.values, path), (path) => renameField(form.values, path));
      setRest(sorted.rest);
      show(sorted.fields);
      return;
    }
    setRest([refusal(e)]);
  };

  return (
    <>
      <StepList at={at} reached={reached} onGo={(to) => go(to)} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          next();
        }}
      >
        {rest.length > 0 && (
          <Alert color="red" role="alert" title={rest.length > 1 ? t('setup.seeErrors') : undefined} mb="md">
            {rest.length === 1 ? rest[0] : <List size="sm">{rest.map((r) => <List.Item key={r}>{r}</List.Item>)}</List>}
          </Alert>
        )}
        {step === 'token' && <TokenStep form={form} heading={heading} given={given !== ''} />}
        {step === 'organization' && <OrganizationStep form={form} heading={heading} languages={languages()} />}
        {step === 'administrator' && <AdministratorStep form={form} heading={heading} again={reached > at} />}
        <Suspense fallback={<Loading />}>
          {step === 'site' && <SiteStep form={form} heading={heading} zones={zones} found={suggested?.networks ?? []} />}
          {step === 'extensions' && <ExtensionsStep form={form} heading={heading} />}
          {step === 'summary' && <SummaryStep draft={form.values} heading={heading} onGo={(name) => go(STEPS.indexOf(name))} />}
        </Suspense>
        <Group justify="space-between" mt="xl">
          <Button variant="default" type="button" onClick={() => go(at - 1)} disabled={at === 0 || finish.isPending}>
            {t('common.back')}
          </Button>
          <Button type="submit" loading={finish.isPending || finish.isSuccess}>
            {step === 'summary' ? t('setup.finish') : t('setup.next')}
          </Button>
        </Group>
      </form>
    </>
  );
}

/** Hands everything in and goes inside. */
function useFinish() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (body: ReturnType<typeof bodyOf>) => ask('POST', '/setup', body),
    meta: { ownSession: true },
    onSuccess: async () => {
      forget(sessionStorage);
      await queries.resetQueries({ queryKey: ['session'] });
      queries.removeQueries({ queryKey: ['setup'] });
      await navigate('/phones', { replace: true });
    },
  });
}

function refusal(e: Error): string {
  const t = i18next.t;
  if (!(e instanceof Problem)) return problemText(e);
  if (e.status === 0) return t('setup.lost');
  if (e.status === 429) return t('setup.limited', { seconds: e.retryAfter || 60 });
  return problemText(e);
}

/** The heading of each new step takes the focus as soon as it is there, but not that of the first. */
function useFocusOn(step: StepName) {
  const before = useRef(step);
  return useCallback(
    (heading: HTMLHeadingElement | null) => {
      if (!heading) return;
      if (before.current !== step && document.querySelector('[aria-invalid="true"]') === null) heading.focus();
      before.current = step;
    },
    [step],
  );
}

function focusFault() {
  setTimeout(() => document.querySelector<HTMLElement>('form [aria-invalid="true"]')?.focus(), 60);
}

/** The browser's language, if phones' displays may have it. */
function spoken(): string {
  const own = navigator.language.split('-')[0] ?? 'en';
  return languages().some((l) => l.value === own) ? own : 'en';
}
