package quality

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// written is a report as RFC 6035 section 4.6 describes it.
const written = "VQSessionReport: CallTerm\r\nCallID: 6dg37f1890463\r\nLocalID: Anna <sip:101@example.org>\r\nRemoteID: Bert <sip:102@example.org>\r\n" +
	"OrigID: Anna <sip:101@example.org>\r\nLocalAddr: IP=192.0.2.10 PORT=5000 SSRC=1a3b5c7d\r\nRemoteAddr:IP=192.0.2.20 PORT=5002 SSRC=0x2468abcd\r\n" +
	"LocalMetrics:\r\nTimestamps:START=2026-01-10T18:23:43Z STOP=2026-01-10T18:26:02Z\r\n" +
	"SessionDesc:PT=18 PD=G729 SR=8000 FD=20 FO=20 FPP=2 PPS=50 FMTP=\"annexb=no\" PLC=3 SSUP=on\r\nJitterBuffer:JBA=3 JBR=2 JBN=40 JBM=80 JBX=120\r\n" +
	"PacketLoss:NLR=5.0 JDR=2.0\r\nBurstGapLoss:BLD=0 BD=0 GLD=2.0 GD=500 GMIN=16\r\nDelay:RTD=200 ESD=140 SOWD=100 IAJ=2 MAJ=10\r\n" +
	"Signal:SL=-18 NL=-50 RERL=55\r\nQualityEst:RLQ=90 RCQ=85 EXTRI=90 MOSLQ=4.1 MOSCQ=4.0 QoEEstAlg=P.564\r\n" +
	"RemoteMetrics:\r\nSessionDesc:PT=0 PD=PCMU\r\nPacketLoss:NLR=50.0 JDR=20.0\r\nQualityEst:MOSLQ=1.1\r\nDialogID:6dg37f1890463;to-tag=1;from-tag=2\r\n"

func TestReadReport(t *testing.T) {
	want := Report{CallID: "6dg37f1890463", Final: true,
		Heard: Heard{Codec: "G729", Loss: 0.05, Discard: 0.02, Jitter: 2 * time.Millisecond, RoundTrip: 200 * time.Millisecond, MOS: 4.1}}
	for what, text := range map[string]string{"as written": written, "bare line ends": strings.ReplaceAll(written, "\r\n", "\n"),
		"other case": strings.ReplaceAll(strings.ReplaceAll(written, "CallID", "CALLID"), "MOSLQ", "moslq")} {
		if r, err := ReadReport([]byte(text)); err != nil || r != want {
			t.Errorf("%s: %+v, %v", what, r, err)
		}
	}
	r, err := ReadReport([]byte("VQIntervalReport\r\nVQIntervalReport:\r\nCallID:x\r\nLocalMetrics:\r\nPacketLoss:NLR=x JDR=-1\r\nDelay:RTD=1e99 IAJ=NaN\r\nQualityEst:MOSLQ=127\r\nSessionDesc:PD=a\x01b\r\n"))
	if err != nil || r != (Report{CallID: "x"}) {
		t.Errorf("figures out of their range: %+v, %v", r, err)
	}
	for what, text := range map[string]string{"nothing": "", "no call": "VQSessionReport: CallTerm\r\n", "no beginning": "CallID: 1\r\n",
		"long name": "VQSessionReport:\r\nCallID:" + strings.Repeat("x", maxCallID+1), "too long": written + strings.Repeat("\n", maxReport)} {
		if _, err := ReadReport([]byte(text)); !errors.Is(err, ErrReport) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := ReadReport([]byte(written + strings.Repeat("\n", maxReport-len(written)))); err != nil {
		t.Errorf("as long as may be: %v", err)
	}
}

func FuzzReadReport(f *testing.F) {
	f.Add([]byte(written))
	f.Add([]byte("VQAlertReport: Type=NLR\nCallID:1\nLocalMetrics:\nSessionDesc:PD=\"\"\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ReadReport(b)
		if err != nil {
			return
		}
		h := r.Heard
		if r.CallID == "" || len(r.CallID) > maxCallID || len(h.Codec) > maxName || !(h.Loss >= 0 && h.Loss <= 1) || !(h.Discard >= 0 && h.Discard <= 1) ||
			h.Jitter < 0 || h.RoundTrip < 0 || h.RoundTrip > 66*time.Second || h.MOS != 0 && !(h.MOS >= 1 && h.MOS <= 5) {
			t.Fatalf("%+v", r)
		}
	})
}

func TestClasses(t *testing.T) {
	for mos, want := range map[float64]Class{0: Unknown, 1: Poor, 3.09: Poor, 3.1: Low, 3.59: Low, 3.6: Medium, 4.02: Medium, 4.03: High, 4.5: High} {
		if got := ClassOf(mos); got != want {
			t.Errorf("%v is %s, want %s", mos, got, want)
		}
	}
}
