//go:build e2e

package main

import (
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"cradle/media/mediatest"
)

// loudspeaker is a sound card that nobody hears but the test: PulseAudio with a sink that goes nowhere.
type loudspeaker struct{ t *testing.T }

func newLoudspeaker(t *testing.T) *loudspeaker {
	t.Helper()
	dir := t.TempDir()
	socket := filepath.Join(dir, "native")
	t.Setenv("XDG_RUNTIME_DIR", dir)
	t.Setenv("PULSE_SERVER", "unix:"+socket)
	daemon := exec.Command("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--load=module-null-sink sink_name=ears",
		"--load=module-native-protocol-unix auth-anonymous=1 socket="+socket)
	daemon.Env = append(os.Environ(), "HOME="+dir)
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { daemon.Process.Signal(os.Interrupt); daemon.Wait() })
	waitFor(t, 10*time.Second, "a sound card", func() bool { return exec.Command("pactl", "info").Run() == nil })
	return &loudspeaker{t}
}

// plays is what is played now, for two seconds at 8 kHz.
func (l *loudspeaker) plays() []int16 {
	l.t.Helper()
	rec := exec.Command("parec", "-d", "ears.monitor", "--format=s16le", "--rate=8000", "--channels=1", "--latency-msec=50")
	out, err := rec.StdoutPipe()
	if err != nil {
		l.t.Fatal(err)
	}
	if err := rec.Start(); err != nil {
		l.t.Fatal(err)
	}
	defer func() { rec.Process.Kill(); rec.Wait() }()
	heard := make([]int16, 2*8000)
	if err := binary.Read(out, binary.LittleEndian, heard); err != nil {
		l.t.Fatal(err)
	}
	return heard[4000:] // the recorder's first buffers are of before
}

// loudness is the level of what is heard, dB below full scale.
func loudness(heard []int16) float64 {
	sum := 1e-9
	for _, v := range heard {
		sum += float64(v) * float64(v)
	}
	return 10 * math.Log10(sum/float64(len(heard))/(1<<30))
}

// TestE2ELoudspeaker: what a browser's user hears, which its figures do not say: the other one, music while he is held, and the other one again, though
// each of them comes from another source (SSRC).
func TestE2ELoudspeaker(t *testing.T) {
	ears := newLoudspeaker(t)
	door := freePort(t)
	a := startAppliance(t, t.TempDir(), "--https", door)
	a.Setup(officeFile)
	listen := func(what string) []step { return []step{{"pause", 2000}, {"say", what}, {"pause", 4500}} }
	play := []step{{"call", 0, "102", "audio"}, {"await", 0}, {"await", 1}, {"play", 0}}
	play = append(append(play, listen("tone")...), step{"hold", 1})
	play = append(append(play, listen("music")...), step{"resume", 1})
	play = append(append(play, listen("tone")...), step{"end", 0})
	listened := 0
	a.film(t, door, "balanced", []string{adas, graces}, play, func(line string, _ *sight) {
		heard := ears.plays()
		v, level := mediatest.Judge(heard, 8000, 440), loudness(heard)
		t.Logf("%s: %.0f dB, %+v", line, level, v)
		if listened++; v.Heard != (line == "tone") || level < -45 {
			t.Errorf("no %s is played", line)
		}
	})
	if listened != 3 {
		t.Errorf("it was listened to %d times", listened)
	}
}
