// What the appliance's API speaks, in its own spelling.

export interface Ref {
  id: string;
  name: string;
}

export type Role = 'owner' | 'admin' | 'operator' | 'user';

export interface Session {
  user: { id: string; email: string; first_name: string; last_name: string; role: Role };
  organization: { id: string; name: string; domain: string };
  permissions: string[];
  /** Whom to ask for more numbers or phones; empty: nobody said. */
  operator_contact?: string;
  /** Ports by which phones come; 0: closed. */
  doors?: Doors | null;
}

export interface Doors {
  http: number;
  https: number;
  tftp: number;
}

export type Step = 'seen' | 'lobby' | 'approved' | 'token' | 'certificate';
export type Sure = 'certain' | 'likely' | 'guess' | '';

export interface Sitting {
  line: number;
  extension: string;
  name: string;
  /** Empty: nobody sits at this line. */
  kind: 'home' | 'login' | 'virtual' | '';
  vacated: boolean;
  /** The guest's seat. */
  seat?: string;
}

export interface LastStep {
  at: string;
  door: string;
  file: string;
  status: number;
  rule: string;
}

export interface Registration {
  source: string;
  transport: string;
  user_agent: string;
  since: string;
  expires: string;
}

/** How a phone reaches the registrar and is reached; what is left out is as its site says. */
export interface DeviceSip {
  transport?: string;
  srtp?: string;
  /** Seconds between questions whether it is there; 0: off. */
  ping?: number;
  private_network?: boolean;
  /** Of a phone that does not register. */
  fixed_address?: string;
  no_auth?: boolean;
  /** Addresses and networks its account may be used from; none: any. */
  allow_from?: string[];
}

export interface Device {
  id: string;
  revision?: number;
  mac: string;
  vendor: string;
  model: string;
  model_label: string;
  firmware: string;
  name: string;
  phone_id: string;
  site?: Ref | null;
  step: Step;
  conflict: boolean;
  disabled: boolean;
  /** Since when it is out of service. */
  retired_at?: string | null;
  seen_at?: string | null;
  line: string;
  lines: string[] | null;
  sitting: Sitting[] | null;
  registered: boolean;
  registration?: Registration | null;
  last_step?: LastStep | null;
  sure: Sure;
  resync: 'applied' | 'pending' | 'failed' | '';
  /** Why its settings are not applied, in plain words. */
  resync_reason?: string;
  resync_at?: string | null;
  remote_login?: boolean;
  sip?: DeviceSip;
  /** Nobody sits here but who is at home. */
  never_shared?: boolean;
  /** A program of its user, which rings wherever he sits; nobody else sits here. */
  personal?: boolean;
  /** Others may sit here by code: who is at home here allows it. */
  shared?: boolean;
  profile?: Ref | null;
  layout?: Ref | null;
  /** Expansion modules attached. */
  modules?: number;
  equipment?: string;
  /** Where it stands in its site; empty: nobody said. */
  room?: string;
  outside?: boolean;
  /** Until when its one-time address is open. */
  remote_until?: string | null;
  /** How its certificate was known. */
  certificate?: string;
  /** One that our own authority made for it is good. */
  certificate_issued?: boolean;
  /** What about the phone is not as it should be. */
  drift?: 'firmware' | 'settings' | 'model' | '';
  drift_text?: string;
  clues?: Clue[] | null;
  /** Which signs cannot both be true, in plain words. */
  clue_conflicts?: string[] | null;
}

/** One sign by which a phone is recognised. */
export interface Clue {
  clue: string;
  /** As it was sent. */
  seen?: string;
  /** Empty: nothing that is known. */
  says: string;
  /** It says the same as what the phone is taken for. */
  won?: boolean;
}

export interface JournalStep {
  at: string;
  door: string;
  file: string;
  status: number;
  bytes: number;
  took_ms: number;
  source: string;
  vendor: string;
  model: string;
  firmware: string;
  sure: Sure;
  rule: string;
  /** Tells renderings apart; absent: nothing was rendered. */
  hash?: string;
  /** Settings by hand that the file could not hold. */
  left_out?: string;
  /** TLS version and suite; absent: none. */
  tls?: string;
  suite?: string;
  /** What the certificate shown is worth. */
  certificate?: string;
}

export interface Party {
  number: string;
  name?: string;
}

export interface Call {
  id: string;
  from: Party;
  to: Party;
  state: string;
  since: string;
  codec?: string;
  /** From and to, in the newest seconds; empty: not measured yet. */
  heard?: Sound[] | null;
}

/** How one end of a call is heard. */
export interface Sound {
  codec: string;
  encryption: string;
  lost: number;
  late: number;
  jitter_ms: number;
  round_trip_ms: number;
  /** 1 to 4.5; 0: nothing was measured. */
  mos: number;
  /** Not heard while the other end is. */
  silent: boolean;
  /** Of a call that is up: share of packets that were lost or late. */
  loss?: number;
  phone_mos?: number;
  /** Of a call that is over: its worst five seconds. */
  received?: number;
  worst_mos?: number;
  worst_loss?: number;
  worst_jitter_ms?: number;
  phone?: { mos: number; loss: number; discard: number; jitter_ms: number; round_trip_ms: number } | null;
}

export interface List<T> {
  items: T[] | null;
  next?: string;
}

export interface SetupState {
  needed: boolean;
  suggested?: { networks?: string[] | null; timezone?: string };
}

/** Whom to ask for more numbers or phones is said by its operator. */
export interface Organization extends Ref {
  operator_contact?: string;
  /** Hour HH:MM at which guests go home; empty: never. */
  nightly_release?: string;
  /** Hours without a call until a guest goes home; 0: never. */
  idle_release?: number;
  /** Who has no secret code enters the PIN in its place. */
  pin_for_code?: boolean;
  /** Of the default PINs that are made; 0: 6. */
  pin_digits?: number;
}

interface Numbered {
  id: string;
  /** Sent back with a change, so that two people do not overwrite each other. */
  revision: number;
}

export interface Extension extends Numbered {
  number: string;
  name: string;
  site?: Ref | null;
  user?: Ref | null;
  pin: 'none' | 'default' | 'chosen';
  hot_desk: boolean;
  do_not_disturb: boolean;
  /** Until when its activation key is good. */
  activation_until?: string;
  /** Local SIP server; empty: the appliance. */
  server?: string;
  virtualization?: { allow: boolean; has_secret: boolean };
  forward?: { always?: string; busy?: string; no_answer?: string; no_answer_after?: number; vip?: string[] | null };
  sip?: { media_encryption?: string; dtmf?: string; codecs?: string[] | null; publishes_state?: boolean; force_mwi?: boolean };
  sitting?: { device: string; phone_id: string; name: string; equipment?: string; line: number }[] | null;
}

export interface User extends Numbered {
  email: string;
  first_name: string;
  last_name: string;
  role: Role;
  portal: boolean;
}

export interface Site extends Numbered {
  name: string;
  timezone: string;
  main_number: string;
  networks: string[] | null;
  adoption: 'lobby' | 'approve' | 'closed';
  tftp: 'bootstrap' | 'full' | 'off';
  advertise: string;
  emergency: string[] | null;
  emergency_route: string;
  /** Hours "HH:MM" in which phones are told of changes; empty: always. */
  resync_from?: string;
  resync_until?: string;
  /** Two phones on one network of the site send their voice to each other. */
  direct_media?: boolean;
}

export interface CallRecord {
  id: string;
  from: string;
  from_name: string;
  to: string;
  started: string;
  answered?: string | null;
  ended: string;
  status: number;
  ended_by: string;
  reason: string;
  /** From and to. */
  legs?: Sound[] | null;
}

/** A phone model of the catalogue. */
export interface Model {
  id: string;
  vendor: string;
  label: string;
}
