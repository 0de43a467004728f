// A page in Chromium that is a phone: JsSIP, SIP over secure WebSocket, DTLS-SRTP.
// It registers, calls, is called, measures what it hears, and goes.
//   BASE_URL          the appliance over HTTPS
//   KEY               hash of the key that its certificate must have (base64 of SHA-256)
//   USER_NAME, SECRET, REALM   the account
//   CALLEE            whom it calls
//   VANISH=1          it goes in the midst of its first call, without a word
//   HZ                the tone that it must hear; its own is 440
// It prints "RESUMED" with what it measured after hold and a restart of ICE,
// "CALLED" with what it measured first when its own call is over, "WAITS" when
// it may be called, and "ANSWERED" with what it measured when that call is over.
import { build } from 'vite';
import { fileURLToPath } from 'node:url';
import { need, open } from './browser.mjs';

const base = need('BASE_URL');
const account = { user: need('USER_NAME'), secret: need('SECRET'), realm: need('REALM'), callee: need('CALLEE'), hz: Number(need('HZ')), vanish: process.env.VANISH === '1' };
const library = await build({
  root: fileURLToPath(new URL('..', import.meta.url)),
  configFile: false,
  logLevel: 'error',
  build: { write: false, minify: false, lib: { entry: 'node_modules/jssip/lib/JsSIP.js', name: 'JsSIP', formats: ['iife'] } },
});

const { page, faults, close } = await open({
  ignoreHTTPSErrors: false,
  bypassCSP: true,
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--autoplay-policy=no-user-gesture-required', '--allow-loopback-in-peer-connection', `--ignore-certificate-errors-spki-list=${need('KEY')}`,
  ],
});
page.setDefaultTimeout(30_000);
await page.exposeFunction('tell', (line) => console.log(line));

/** Runs in the page, which is one of the appliance's own origin. */
async function phone(account) {
  const { JsSIP } = window;
  const audio = new AudioContext();
  const mouth = audio.createMediaStreamDestination();
  const tone = audio.createOscillator();
  tone.frequency.value = 440;
  tone.connect(mouth);
  tone.start();
  const once = (who, event) => new Promise((done, fail) => {
    who.once(event, done);
    setTimeout(() => fail(new Error(`${event} never came`)), 15_000);
  });
  const either = (session, good, bad) => Promise.race([once(session, good), once(session, bad).then((e) => { throw new Error(`${bad}: ${e.cause}`); })]);

  /** Listens until it has heard the tone for three seconds, and tells how it came. */
  const listen = async (pc) => {
    const stream = new MediaStream(pc.getReceivers().map((r) => r.track));
    const ear = document.createElement('audio'); // without one nothing is decoded
    ear.srcObject = stream;
    ear.muted = true;
    await ear.play();
    const look = audio.createAnalyser();
    look.fftSize = 8192;
    audio.createMediaStreamSource(stream).connect(look);
    const bins = new Float32Array(look.frequencyBinCount);
    let heard = 0;
    let hz = 0;
    for (const end = performance.now() + 12_000; heard < 30 && performance.now() < end; ) {
      await new Promise((r) => setTimeout(r, 100));
      look.getFloatFrequencyData(bins);
      const top = bins.indexOf(Math.max(...bins));
      hz = (top * audio.sampleRate) / look.fftSize;
      if (bins[top] > -60 && Math.abs(hz - account.hz) < 12) heard++;
    }
    const told = { heard: heard / 10, hz };
    for (const r of (await pc.getStats()).values()) {
      if (r.type === 'inbound-rtp') Object.assign(told, { packets: r.packetsReceived, lost: r.packetsLost, jitter: r.jitter });
      if (r.type === 'transport') Object.assign(told, { dtls: r.dtlsState, ice: r.iceState, srtp: r.srtpCipher });
    }
    return JSON.stringify(told);
  };

  const ua = new JsSIP.UA({
    sockets: [new JsSIP.WebSocketInterface(`wss://${location.host}/ws`)],
    uri: `sip:${account.user}@${account.realm}`,
    authorization_user: account.user,
    password: account.secret,
    register_expires: 300,
    session_timers: false,
  });
  const registered = either(ua, 'registered', 'registrationFailed');
  ua.start();
  await registered;
  await window.tell('REGISTERED');

  const out = ua.call(`sip:${account.callee}@${account.realm}`, { mediaStream: mouth.stream, pcConfig: { iceServers: [] } });
  await either(out, 'confirmed', 'failed');
  const called = await listen(out.connection);
  if (account.vanish) { // its media ends, and nothing is said of it
    out.connection.close();
    await window.tell('VANISHED');
    return;
  }
  // Within the call, on the association there is: hold, resume, and new credentials for its checks.
  const done = (what, ask) => new Promise((good, bad) => {
    setTimeout(() => bad(new Error(`${what} never came to an end`)), 15_000);
    if (!ask(good)) bad(new Error(`${what} is not possible`));
  });
  await done('hold', (f) => out.hold({}, f));
  await done('resume', (f) => out.unhold({}, f));
  await done('restart', (f) => out.renegotiate({ rtcOfferConstraints: { iceRestart: true } }, f));
  await window.tell(`RESUMED ${await listen(out.connection)}`);
  out.terminate();
  await window.tell(`CALLED ${called}`);

  const rings = new Promise((done) => ua.on('newRTCSession', (e) => e.originator === 'remote' && done(e.session)));
  await window.tell('WAITS');
  const session = await rings;
  const up = either(session, 'confirmed', 'failed');
  session.answer({ mediaStream: mouth.stream, pcConfig: { iceServers: [] } });
  await up;
  const answered = await listen(session.connection);
  session.terminate();
  await window.tell(`ANSWERED ${answered}`);

  const gone = once(ua, 'unregistered');
  ua.unregister({ all: false });
  await gone;
  ua.stop();
}

try {
  await page.goto(`${base}/healthz`); // of the right origin, and without scripts of its own
  await page.addScriptTag({ content: library[0].output[0].code });
  await page.evaluate(phone, account);
  if (faults.length) throw new Error(faults.join('\n'));
} catch (e) {
  console.error(String(e), faults.join('\n'));
  process.exitCode = 1;
} finally {
  await close();
}
