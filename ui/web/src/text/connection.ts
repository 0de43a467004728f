// Words about how a phone reaches the registrar and is reached, and how an
// extension speaks SIP.
import { i18next } from './i18n';

export const connection = {
  connection: {
    button: 'Connection',
    title: 'How this phone is connected',
    transport: 'Transport',
    transportHelp: 'With TLS its calls are encrypted, and it is refused in clear.',
    transports: { site: 'As its site says', udp: 'UDP', tcp: 'TCP', tls: 'TLS' },
    srtp: 'Encryption of speech',
    srtps: { site: 'As its site says', off: 'Off', optional: 'Where both ends can', required: 'Required' },
    ping: 'Ping the phone to check its status (seconds)',
    pingHelp: 'For phones behind address translation. One that does not answer counts as unreachable. 0: off.',
    private: 'It is on a private network ({{networks}})',
    privateHelp: 'It is called at the address it names itself, without regard to address translation.',
    fixed: 'A phone that does not register',
    address: 'Its address',
    addressHelp: '“address” or “address:port”. Empty: it registers.',
    auth: 'Its calls',
    hasTo: 'have to authenticate',
    hasNotTo: 'do not have to authenticate',
    calledBy: 'It is called by',
    allowFrom: 'Allowed addresses',
    allowFromHelp: 'Its account may be used from these only: single addresses, or networks up to /24 (IPv6: /64). None: from anywhere.',
    allowed: 'Allowed address {{n}}',
    addAllowed: 'Add an address',
    removeAllowed: 'Remove address {{n}}',
  },
  preferences: {
    virtualization: 'Allow virtualization on this extension',
    virtualizationHelp: 'Others may then sit down at its phone by code. While somebody does, this extension is not available there: calls to it are busy, unless it sits elsewhere itself.',
    encryption: 'Encryption of speech',
    encryptions: { none: 'None', sdes: 'SDES', dtls: 'DTLS', sdes_dtls: 'SDES or DTLS', default: 'As the phone does' },
    server: 'Local SIP server IP',
    serverHelp: 'For a network whose firewall keeps phones from the internet: phones where this extension is at home register at this address. Empty: at the appliance.',
    badServer: 'This is neither an IP address nor a host name.',
    encryptionHelp: 'SDES is meant for calls by mobile networks, DTLS for browsers. The web phone always offers DTLS.',
    encryptionWarning: 'Calls with a phone that does not support the chosen encryption do not work.',
    publishes: 'The phone publishes its own state',
    publishesHelp: 'Others are told of its presence only what the phone says itself.',
    forceMwi: 'Force enable of MWI',
    forceMwiHelp: 'Its phones are told of new messages without having asked. Most phones do not need it.',
    dtmf: 'Keys pressed in a call',
    dtmfs: { rfc2833: 'In the media stream (RFC 4733)', info: 'SIP INFO', inband: 'As tones', auto: 'As the other side wants', default: 'As the phone does' },
    codecs: 'Allowed codecs',
    codecsHelp: 'In order of preference, among those of the general settings (sip.codecs). None: all of them.',
  },
} as const;

i18next.addResourceBundle('en', 'translation', connection, true, true);
