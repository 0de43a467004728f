//go:build e2e

package main

import (
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cradle/media/mediatest"
)

// sight is what a page measured of what came in since it was asked.
type sight struct {
	Frames, Heard, Tones, Transports int
	Audio, Video                     struct{ Packets, Lost, Frames, Width, Height, Keys, Asked, Missed int }
	Sent                             struct {
		Frames, Asked, Missed, Rate int
		Limit                       string
	}
}

// step is one of ui/web/e2e/video.mjs.
type step []any

const (
	adas, graces = "80:5e:c0:12:34:56", "00:04:13:aa:bb:01"
)

// film lets pages of Chromium, one for each phone, play the steps, and gives each line of theirs and what they saw.
func (a *machine) film(t *testing.T, door, policy string, macs []string, steps []step, told func(line string, s *sight)) {
	t.Helper()
	var accounts []map[string]string
	for _, mac := range macs {
		acc := a.Devices()[mac]
		accounts = append(accounts, map[string]string{"user": acc.SIP.User, "secret": acc.SIP.Secret, "realm": acc.SIP.Realm})
	}
	list, _ := json.Marshal(accounts)
	play, _ := json.Marshal(steps)
	walk(t, "video.mjs", []string{"BASE_URL=https://" + door, "KEY=" + a.serverKey(door), "ACCOUNTS=" + string(list), "POLICY=" + policy, "STEPS=" + string(play)}, func(line string) {
		var s *sight
		if what, measured, _ := strings.Cut(line, " "); what == "SEES" {
			s = &sight{}
			if err := json.Unmarshal([]byte(measured), s); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
		}
		told(line, s)
	})
}

// sees lets a page look for pictures, or, where there must be none, when those are seen that were on their way.
func sees(page int, what string) []step {
	return []step{{"pause", 700}, {"say", what}, {"see", page, what}}
}

// TestE2EBrowsersSeeEachOther: two pages of Chromium with cameras call each other, in both ways that a browser may want its streams bundled. Pictures
// and sound go both ways by one port, through hold, through a camera that is taken out of the call and put back, and where one has none.
func TestE2EBrowsersSeeEachOther(t *testing.T) {
	both := append(sees(0, "video"), sees(1, "video")...)
	neither := append(sees(0, "none"), sees(1, "none")...)
	var play []step
	then := func(more ...step) { play = append(play, more...) }
	then(step{"call", 0, "102", "audio video"}, step{"await", 0}, step{"await", 1})
	then(both...)
	then(step{"off", 0})
	then(append(neither, step{"on", 0})...)
	then(append(sees(1, "video"), sees(0, "none")...)...) // only one has put its camera back
	then(step{"hold", 1}, step{"resume", 1})
	then(sees(1, "video")...)
	then(step{"end", 0}, step{"answer", 1, "audio"}, step{"pause", 500}, step{"call", 0, "102", "audio video"}, step{"await", 0}, step{"await", 1})
	then(append(sees(1, "video"), sees(0, "none")...)...)
	then(step{"end", 0}, step{"pause", 500}, step{"call", 1, "101", "audio"}, step{"await", 1}, step{"await", 0})
	then(append(neither, step{"end", 1}, step{"pause", 500})...)
	for _, policy := range []string{"balanced", "max-bundle"} {
		t.Run(policy, func(t *testing.T) {
			door := freePort(t)
			a := startAppliance(t, t.TempDir(), "--https", door)
			a.Setup(officeFile)
			before := a.Vitals()
			pictures, looked := false, 0
			a.film(t, door, policy, []string{adas, graces}, play, func(line string, s *sight) {
				t.Log(line)
				switch {
				case s == nil:
					pictures = line == "video"
				case s.Transports != 1 || s.Tones < 3 || s.Heard < 50:
					t.Error("no sound: ", line)
				case pictures && (s.Frames < 30 || s.Video.Width != 320 || s.Video.Height != 240 || s.Video.Keys == 0):
					t.Error("no pictures: ", line)
				case !pictures && s.Frames > 0:
					t.Error("pictures: ", line)
				}
				if s != nil {
					looked++
				}
			})
			if looked != 11 {
				t.Errorf("they looked %d times", looked)
			}
			backAtBaseline(t, a, before)
		})
	}
}

// baresipCamera gives baresip a camera that sees one colour, and lets it draw what it sees.
const baresipCamera = `module fakevideo.so
module vp8.so
module snapshot.so
video_source fakevideo,nil
video_display fakevideo,nil
video_size 320x240
video_bitrate 300000
video_fps 15
`

// TestE2EBrowserSeesAPhone: a page of Chromium and baresip, which has ports of its own for pictures and encrypts them as its sound: not at all, or by
// DTLS. Each calls the other, and each sees and hears the other.
func TestE2EBrowserSeesAPhone(t *testing.T) {
	for i, media := range []string{"", "dtls_srtp"} {
		t.Run("encrypted by "+media, func(t *testing.T) {
			door, people := freePort(t), ""
			if media != "" {
				people = ", sip: {media_encryption: dtls}"
			}
			a := startAppliance(t, t.TempDir(), "--https", door)
			a.Setup(officeWith("", people))
			acc := yealinkAccount(t, a).encrypted(media)
			acc.config = baresipCamera
			bare := startBaresip(t, a, 15700+50*i, "udp", acc)
			if err := mediatest.WriteTone(filepath.Join(bare.dir, "tone.wav"), 8000, 1000, -10, 60*time.Second); err != nil {
				t.Fatal(err)
			}
			look := step{"see", 0, "video", 1000}
			play := []step{{"call", 0, "101", "audio video"}, {"await", 0}, look, {"say", "DRAW"}, {"pause", 3000}, {"end", 0}, {"pause", 1000},
				{"say", "CALL"}, {"await", 0}, look, {"say", "DRAW"}, {"pause", 3000}, {"end", 0}, {"pause", 500}}
			drawn, looked := 0, 0
			a.film(t, door, "max-bundle", []string{graces}, play, func(line string, s *sight) {
				t.Log(line)
				switch {
				case line == "CALL":
					bare.say("dial", "sip:102@"+a.SIP+";transport=udp")
				case line == "DRAW":
					drawn++
					bare.draws(t, drawn)
				case s != nil:
					if looked++; s.Frames < 30 || s.Video.Width != 320 || s.Transports != 1 || s.Tones < 3 || s.Video.Keys == 0 {
						t.Error("not seen: ", line)
					}
				}
			})
			if drawn != 2 || looked != 2 {
				t.Errorf("baresip drew %d times, the page looked %d times", drawn, looked)
			}
			bare.stop()
		})
	}
}

// draws has baresip draw what it sees: a picture of the size that the page sends.
func (b *baresip) draws(t *testing.T, n int) {
	t.Helper()
	path := filepath.Join(b.dir, fmt.Sprintf("seen%d.png", n))
	b.say("snapshot_recv", path)
	var drawn image.Config
	waitFor(t, 3*time.Second, "baresip draws what it sees", func() bool {
		f, err := os.Open(path)
		if err != nil {
			return false
		}
		defer f.Close()
		drawn, err = png.DecodeConfig(f)
		return err == nil
	})
	if drawn.Width != 320 || drawn.Height != 240 {
		t.Errorf("baresip sees %dx%d", drawn.Width, drawn.Height)
	}
}
