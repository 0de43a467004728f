// What the appliance says of phones that come, and of why they are as they are.
import type { Device } from './types';

/** A phone's last refused request, held against today's rules. */
export interface WhyNot {
  /** Absent, as the request is: it has asked for nothing. */
  at?: string;
  request?: { door: string; file: string; source: string; user_agent: string };
  steps: { rule: string; ok: boolean; text: string }[] | null;
  verdict: string;
}

export interface Setting {
  name: string;
  /** Secrets are masked. */
  value: string;
  layer: string;
  /** Which record of that layer; empty: there is but one. */
  of: string;
  doc: string;
}

export interface ShownKey {
  module: number;
  position: number;
  type: string;
  label: string;
  value: string;
  source: 'layout' | 'person' | 'line' | 'rule';
}

export interface Explained {
  settings: Setting[] | null;
  files: { name: string; kind: string; content_type: string }[] | null;
  keys: ShownKey[] | null;
  /** What the model cannot show as it was asked for. */
  fit: { position: number; text: string }[] | null;
  /** Settings set by hand that its files cannot hold. */
  left_out?: { name: string; layer: string; file: string; why: string }[] | null;
}

export interface FileLine {
  text: string;
  layers: { layer: string; name: string }[] | null;
}

export interface ShownFile {
  content_type: string;
  lines: FileLine[] | null;
  /** What the phone got last; absent: nothing that is remembered. */
  fetched?: { at: string; status: number; same: boolean; text?: string } | null;
  /** From what it got to what it would get now, in the unified form. */
  diff?: string;
}

export interface RemoteAddress {
  url: string;
  /** A QR code of it. */
  svg: string;
  until: string;
}

export interface ImportRow {
  row: number;
  mac: string;
  model: string;
  name: string;
  action: 'create' | 'update' | 'skip' | 'error';
  reason: string;
}

export interface ImportResult {
  rows: ImportRow[] | null;
  created: number;
  updated: number;
  skipped: number;
  failed: number;
}

/** Somebody in a site's network who asked and whom nobody recognises. */
export interface Stranger {
  mac?: string;
  source: string;
  user_agent: string;
  files: string[] | null;
  first: string;
  last: string;
  count: number;
  site: string;
}

/** A model as it was taught, or would be. */
export interface Lesson {
  /** Absent: nothing was written. */
  id?: string;
  model: string;
  label: string;
  vendor: string;
  lines: number;
  files: { name: string; kind: 'device' | 'absent' }[] | null;
  user_agent_rule: string;
  mac_prefix: string;
  /** Models of the catalogue whose User-Agents the rule matches too. */
  also: string[] | null;
  notes: string[] | null;
  problems: { field: string; line: number; text: string }[] | null;
}

export interface Alarm {
  at: string;
  kind: string;
  /** What such an alarm means, and what to look at. */
  means?: string;
  text: string;
  mac?: string;
  device?: string;
  /** Its ID; empty: of no site. */
  site?: string;
  source?: string;
  count: number;
}

export const DHCP_SERVERS = ['dnsmasq', 'kea', 'isc', 'routeros', 'windows'] as const;
export type DhcpServer = (typeof DHCP_SERVERS)[number];

export interface Snippet {
  text: string;
  note: string;
}

/** Whether the phone may have somebody logged in from here. */
export const isFree = (d: Device): boolean =>
  (d.remote_login ?? true) && !d.never_shared && !d.personal && !d.disabled && !d.retired_at && d.step !== 'seen' && d.step !== 'lobby' && !(d.sitting ?? []).find((s) => s.line === 1)?.extension && !d.line;
