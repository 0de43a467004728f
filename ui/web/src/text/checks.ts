// Checks of single values; the appliance checks all of them again.

/** "192.168.1.0/24", "2001:db8::/32". */
export function isNetwork(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/');
  if (more.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  if (isIPv4(address)) return Number(bits) <= 32;
  return isIPv6(address) && Number(bits) <= 128;
}

function isIPv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((p) => /^(0|[1-9]\d{0,2})$/.test(p) && Number(p) <= 255);
}

function isIPv6(text: string): boolean {
  return text.includes(':') && /^[0-9a-fA-F:.]+$/.test(text) && URL.canParse(`http://[${text}]/`);
}

export const isExtension = (text: string): boolean => /^\d{1,12}$/.test(text);
export const isEmergency = (text: string): boolean => /^\d{2,12}$/.test(text);
export const isE164 = (text: string): boolean => /^\+\d{2,15}$/.test(text);
export const isEmail = (text: string): boolean => /^[^\s@]+@[^\s@]+$/.test(text);
export const isDomain = (text: string): boolean =>
  text.length <= 253 && text.split('.').every((l) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(l));

/** An IP address or a host name; four numbers with dots are meant as an address. */
export const isServer = (text: string): boolean => isIPv4(text) || isIPv6(text) || (isDomain(text) && !/^[\d.]+$/.test(text));

/** Twelve hexadecimal digits in any usual spelling, as "80:5e:c0:12:34:56"; empty: no MAC. */
export function macOf(text: string): string {
  const digits = text.replace(/[\s:.-]/g, '').toLowerCase();
  return /^[0-9a-f]{12}$/.test(digits) ? digits.replace(/(..)(?=.)/g, '$1:') : '';
}

/** "Acme Ltd" -> "acme-ltd.internal": a domain that nobody else can own. */
export function suggestDomain(name: string): string {
  const label = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63)
    .replace(/-+$/, '');
  return label ? `${label}.internal` : '';
}

/** Every time zone that the browser knows, and UTC. */
export function timeZones(): string[] {
  return [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])].sort();
}

/** A language by its own name: "Deutsch". */
export function languageName(tag: string): string {
  const name = new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
}

/** Languages of phones' displays, by their own names. */
export function languages(): { value: string; label: string }[] {
  return ['en', 'cs', 'da', 'de', 'es', 'fi', 'fr', 'it', 'nl', 'no', 'pl', 'pt', 'sv', 'tr'].map((value) => ({ value, label: languageName(value) }));
}
