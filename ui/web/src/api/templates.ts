// Models of the catalogue, own templates and what their authors may write.
import { queryOptions, useQuery } from '@tanstack/react-query';
import { ask, askAll } from './client';

/** Where a model's numbers come from. */
export type ModelSure = 'document' | 'template' | 'unsure' | '';

/** A phone model with what the catalogue knows of it. */
export interface PhoneModel {
  id: string;
  vendor: string;
  label: string;
  lines: number;
  firmware: string;
  family: string;
  kind: string;
  keys: number;
  soft_keys: number;
  module?: { name: string; max: number; keys: number };
  codecs: string[];
  screen: string;
  display: string;
  display_sure: ModelSure;
  login: string;
  login_sure: ModelSure;
  remote_login: boolean;
  tls: { authority: boolean; authority_sure: ModelSure; by_hand: string; min: string; sips: boolean; srtp: boolean; client: boolean };
  doors: string[];
  key_types: string[];
  sure: ModelSure;
  reboots: string[];
  notes: string[];
  files: { name: string; kind: string; content_type: string }[];
  parts: string[];
  custom: number;
}

export type TemplateScope = 'appliance' | 'organization' | 'site' | 'device';

export interface OwnTemplate {
  id: string;
  revision: number;
  scope: { kind: TemplateScope; id?: string; name?: string };
  model: string;
  file: string;
  name: string;
  /** Number of the version in force; 0: the built-in template. */
  active: number;
  previous: number;
  latest: number;
  /** Percent of the phones that get the version in force. */
  share: number;
  phones: number;
  failing: number;
}

export interface TemplateTest {
  model: string;
  line: string;
  absent?: boolean;
}

export interface Version {
  number: number;
  at: string;
  by: string;
  comment: string;
  active: boolean;
  text?: string;
  tests?: TemplateTest[];
}

export interface Finding {
  /** From 1; 0: the text as a whole. */
  line: number;
  column: number;
  severity: 'error' | 'warning';
  text: string;
}

export interface Altered {
  device: string;
  mac: string;
  name: string;
  phone_id: string;
  reboot: boolean;
  error?: string;
  files: { name: string; diff: string }[];
}

export interface Preview {
  phones: number;
  changed: number;
  reboot: number;
  /** False: nothing is known of what makes the model restart. */
  reboot_known?: boolean;
  failed: number;
  devices: Altered[];
}

export interface Variable {
  name: string;
  kind: 'string' | 'number' | 'bool' | 'list';
  doc: string;
  secret: boolean;
  may_be_absent: boolean;
  /** The list whose items have it. */
  of: string;
}

export interface SettingSchema {
  name: string;
  doc: string;
  type: 'text' | 'number' | 'one of' | 'list' | 'bool' | 'host' | 'url' | 'zone' | 'tag' | 'country';
  of: 'desk' | 'personal' | 'stricter';
  default: string;
  choices: string[];
  min: number;
  max: number;
}

export interface Language {
  variables: Variable[];
  functions: { name: string; doc: string }[];
  settings: SettingSchema[];
}

const FOREVER = { staleTime: Number.POSITIVE_INFINITY } as const;

export const usePhoneModels = () => useQuery({ queryKey: ['templates'], queryFn: ({ signal }) => askAll<PhoneModel>('/templates', signal) });

export const usePhoneModel = (id: string) =>
  useQuery({ queryKey: ['templates', id], queryFn: ({ signal }) => ask<PhoneModel>('GET', `/templates/${encodeURIComponent(id)}`, undefined, signal), enabled: id !== '' });

export const useLanguage = () =>
  useQuery({ queryKey: ['language'], queryFn: ({ signal }) => ask<Language>('GET', '/templates/language', undefined, signal), ...FOREVER });

export const useOwnTemplates = () =>
  useQuery({ queryKey: ['custom-templates'], queryFn: ({ signal }) => askAll<OwnTemplate>('/custom-templates', signal) });

/** The text of a built-in template. */
export const builtinText = (model: string, file: string) =>
  queryOptions({
    queryKey: ['templates', model, 'files', file],
    queryFn: ({ signal }) => ask<{ text: string; format: string }>('GET', `/templates/${encodeURIComponent(model)}/files/${encodeURIComponent(file)}`, undefined, signal),
    ...FOREVER,
  });

/** One version's text and tests; number 0 has no text of its own. */
export const versionOf = (id: string, number: number) =>
  queryOptions({
    queryKey: ['custom-templates', id, 'versions', number],
    queryFn: ({ signal }) => ask<Version>('GET', `/custom-templates/${id}/versions/${number}`, undefined, signal),
    ...FOREVER,
  });
