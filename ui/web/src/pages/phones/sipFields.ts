import type { DeviceSip } from '../../api/types';

/** What the form of a phone's connection holds. */
export interface ConnectionValues {
  transport: string;
  srtp: string;
  ping: number;
  private_network: boolean;
  fixed_address: string;
  no_auth: boolean;
  /** Transport by which a phone that does not register is called. */
  called_by: string;
  allow_from: string[];
}

export function valuesOf(sip: DeviceSip): ConnectionValues {
  return {
    transport: sip.fixed_address ? '' : (sip.transport ?? ''),
    srtp: sip.srtp ?? '',
    ping: sip.ping ?? 0,
    private_network: sip.private_network ?? false,
    fixed_address: sip.fixed_address ?? '',
    no_auth: sip.no_auth ?? false,
    called_by: (sip.fixed_address && sip.transport) || 'udp',
    allow_from: sip.allow_from ?? [],
  };
}

/** The record's own words: what belongs to a fixed address is said only with one. */
export function sipOf(v: ConnectionValues): DeviceSip {
  const fixed = v.fixed_address.trim();
  const transport = fixed ? v.called_by : v.transport;
  const allowed = v.allow_from.map((a) => a.trim()).filter(Boolean);
  return {
    ...(transport && { transport }),
    ...(v.srtp && { srtp: v.srtp }),
    ...(v.ping > 0 && { ping: v.ping }),
    ...(v.private_network && { private_network: true }),
    ...(fixed && { fixed_address: fixed, no_auth: v.no_auth }),
    ...(allowed.length > 0 && { allow_from: allowed }),
  };
}
