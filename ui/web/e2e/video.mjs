// Pages in Chromium that are phones with cameras: JsSIP, SIP over secure WebSocket, pictures and sound in one call. The
// camera is Chromium's fake: a moving picture. Each says a tone of 440 Hz.
//   BASE_URL   the appliance over HTTPS
//   KEY        hash of the key that its certificate must have (base64 of SHA-256)
//   ACCOUNTS   JSON: one {user, secret, realm} for each page
//   POLICY     bundlePolicy of the pages: balanced, max-bundle, max-compat
//   STEPS      JSON: what happens, one after the other; each is a list of a word and what belongs to it:
//     ["call", page, number, has]      a page calls; has: what it offers, "audio" or "audio video"
//     ["answer", page, has]            what a page answers with when it is called next, with what it has
//     ["await", page]                  until that page is in a call
//     ["say", line]                    prints the line
//     ["pause", ms]
//     ["see", page, what, hz]          prints "SEES" with what came in from now on, after pictures and the tone of hz (or
//                                      440) came, or, where what is "none", after a while
//     ["play", page]                   its loudspeaker plays what it hears, from now on
//     ["hold"|"resume"|"off"|"on"|"end", page]   off and on: its camera's line in the call
// Everything must come about, or the script fails.
import { build } from 'vite';
import { fileURLToPath } from 'node:url';
import { need, open } from './browser.mjs';

const base = need('BASE_URL');
const accounts = JSON.parse(need('ACCOUNTS'));
const steps = JSON.parse(need('STEPS'));
const policy = need('POLICY');
const library = await build({
  root: fileURLToPath(new URL('..', import.meta.url)),
  configFile: false,
  logLevel: 'error',
  build: { write: false, minify: false, lib: { entry: 'node_modules/jssip/lib/JsSIP.js', name: 'JsSIP', formats: ['iife'] } },
});

const { context, faults, close } = await open({
  ignoreHTTPSErrors: false,
  bypassCSP: true,
  ignoreDefaultArgs: process.env.PULSE_SERVER ? ['--mute-audio'] : [], // a sound card that somebody listens to
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--autoplay-policy=no-user-gesture-required', '--allow-loopback-in-peer-connection', `--ignore-certificate-errors-spki-list=${need('KEY')}`,
    '--use-fake-device-for-media-stream=fps=15', '--use-fake-ui-for-media-stream', '--disable-renderer-backgrounding',
    '--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows',
  ],
});

/** Makes window.phone in a page of the appliance's own origin, and registers it. */
async function phone({ account, policy }) {
  const { JsSIP } = window;
  const within = (what, promise, ms = 20_000) => Promise.race([promise,
    new Promise((_, fail) => setTimeout(() => fail(new Error(`${account.user}: ${what} never came`)), ms))]);
  const once = (who, event) => within(event, new Promise((done) => who.once(event, done)));
  const either = (session, good, bad) => Promise.race([once(session, good), once(session, bad).then((e) => { throw new Error(`${bad}: ${e.cause} ${e.message?.status_code ?? ''}`); })]);
  const all = await navigator.mediaDevices.getUserMedia({ video: { width: 320, height: 240, frameRate: 15 } });
  const audio = new AudioContext();
  const mouth = audio.createMediaStreamDestination();
  const tone = audio.createOscillator();
  tone.frequency.value = 440;
  tone.connect(mouth);
  tone.start();
  const having = (has) => new MediaStream(all.getTracks().filter((t) => has.includes(t.kind)));
  all.addTrack(mouth.stream.getAudioTracks()[0]);
  const pcConfig = { iceServers: [], bundlePolicy: policy };
  const uri = (user) => `sip:${user}@${account.realm}`;
  const ua = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface(`wss://${location.host}/ws`)], uri: uri(account.user), authorization_user: account.user,
    password: account.secret, register_expires: 300, session_timers: false });
  let session, up, has = 'audio video';
  const follow = (s) => {
    session = s;
    up = either(s, 'confirmed', 'failed');
    up.catch(() => {}); // told by whoever awaits it
    s.on('ended', () => { if (session === s) up = undefined; });
    s.on('sdp', (e) => console.debug(e.originator, e.type, e.sdp));
  };
  ua.on('newRTCSession', (e) => {
    if (e.originator !== 'remote') return;
    follow(e.session);
    session.answer({ mediaStream: having(has), pcConfig });
  });
  const changed = (what, ask) => within(what, new Promise((good, bad) => ask(good) || bad(new Error(`${what} is not possible`))));
  const pictures = () => session.connection.getTransceivers().filter((t) => t.receiver.track.kind === 'video' && t.direction !== 'stopped');
  const incoming = async () => {
    const found = { audio: {}, video: {}, transports: 0 };
    for (const r of (await session.connection.getStats()).values()) {
      if (r.type === 'inbound-rtp' && (found[r.kind].packets ?? -1) < r.packetsReceived) {
        found[r.kind] = { packets: r.packetsReceived, lost: r.packetsLost, frames: r.framesDecoded ?? 0, width: r.frameWidth ?? 0, height: r.frameHeight ?? 0,
          keys: r.keyFramesDecoded ?? 0, asked: (r.pliCount ?? 0) + (r.firCount ?? 0), missed: r.nackCount ?? 0, ssrc: r.ssrc };
      }
      if (r.type === 'transport') Object.assign(found, { transports: found.transports + 1, dtls: r.dtlsState, ice: r.iceState, bytes: [r.bytesSent, r.bytesReceived] });
      if (r.type === 'outbound-rtp' && r.kind === 'video') found.sent = { frames: r.framesEncoded, asked: (r.pliCount ?? 0) + (r.firCount ?? 0), missed: r.nackCount ?? 0, rate: Math.round(r.targetBitrate ?? 0), limit: r.qualityLimitationReason };
    }
    return found;
  };
  window.phone = {
    call(number, what) {
      follow(ua.call(uri(number), { mediaStream: having(what), pcConfig }));
    },
    answer(what) { has = what; },
    await: () => within('a call', (async () => { while (!up) await new Promise((r) => setTimeout(r, 50)); await up; })()),
    async see(what, hz = 440) {
      const stream = new MediaStream(session.connection.getReceivers().map((r) => r.track));
      const eye = document.createElement('video'); // without one no sound is decoded
      eye.srcObject = stream;
      eye.muted = true;
      eye.play().catch(() => {}); // there may be no picture
      const look = audio.createAnalyser();
      look.fftSize = 8192;
      audio.createMediaStreamSource(stream).connect(look);
      const bins = new Float32Array(look.frequencyBinCount);
      let tones = 0;
      const before = await incoming();
      let now;
      let news;
      for (const end = performance.now() + (what === 'none' ? 3_000 : 25_000); performance.now() < end;) {
        await new Promise((r) => setTimeout(r, 200));
        now = await incoming();
        const same = before.video.ssrc === now.video.ssrc && before.video.packets <= now.video.packets;
        news = { ...now, frames: now.video.frames - (same ? before.video.frames : 0) || 0, heard: now.audio.packets - (before.audio.packets ?? 0) || 0,
          tones };
        look.getFloatFrequencyData(bins);
        const top = bins.indexOf(Math.max(...bins));
        if (bins[top] > -60 && Math.abs((top * audio.sampleRate) / look.fftSize - hz) < 12) tones++;
        if (what !== 'none' && news.frames >= 30 && news.heard >= 100 && tones >= 5) break;
      }
      return JSON.stringify(news);
    },
    play() {
      const ear = document.createElement('audio');
      ear.srcObject = new MediaStream(session.connection.getReceivers().map((r) => r.track).filter((t) => t.kind === 'audio'));
      return ear.play();
    },
    hold: () => changed('hold', (f) => session.hold({}, f)),
    resume: () => changed('resume', (f) => session.unhold({}, f)),
    async off() {
      for (const t of pictures()) t.stop();
      await changed('off', (f) => session.renegotiate({}, f));
    },
    async on() {
      session.connection.addTransceiver(all.getVideoTracks()[0], { direction: 'sendrecv', streams: [all] });
      await changed('on', (f) => session.renegotiate({}, f));
    },
    end: () => session.terminate(),
  };
  const registered = either(ua, 'registered', 'registrationFailed');
  ua.start();
  await registered;
}

try {
  const pages = [];
  for (const account of accounts) {
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', (e) => faults.push(String(e)));
    page.on('console', (m) => process.env.TRACE && console.log(account.user, m.text().replaceAll("\r\n", " | ")));
    // A page of the right origin, without scripts of its own. Those of the appliance may use no camera.
    const devtools = await context.newCDPSession(page);
    await devtools.send('Fetch.enable', { patterns: [{ urlPattern: `${base}/healthz`, requestStage: 'Response' }] });
    devtools.on('Fetch.requestPaused', (e) => devtools.send('Fetch.continueResponse', { requestId: e.requestId, responseCode: e.responseStatusCode,
      responseHeaders: e.responseHeaders.filter((h) => h.name.toLowerCase() !== 'permissions-policy') }));
    await page.goto(`${base}/healthz`);
    await devtools.send('Fetch.disable');
    await page.addScriptTag({ content: library[0].output[0].code });
    await page.evaluate(phone, { account, policy });
    pages.push(page);
  }
  for (const [what, ...rest] of steps) {
    if (what === 'say') console.log(rest[0]);
    else if (what === 'pause') await new Promise((r) => setTimeout(r, rest[0]));
    else {
      const [at, ...args] = rest;
      const told = await pages[at].evaluate(({ what, args }) => window.phone[what](...args), { what, args });
      if (what === 'see') console.log(`SEES ${told}`);
    }
  }
  if (faults.length) throw new Error(faults.join('\n'));
} catch (e) {
  console.error(String(e), faults.join('\n'));
  process.exitCode = 1;
} finally {
  await close();
}
