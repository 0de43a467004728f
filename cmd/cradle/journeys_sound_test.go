package main

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"testing"

	"cradle/media/audio"
	"cradle/media/mediatest"
	"cradle/media/tone"
)

// file sends or fetches a file.
func (a *machine) file(method, path string, body []byte) (status int, answer []byte) {
	a.t.Helper()
	req, err := http.NewRequest(method, "http://"+a.HTTP+path, bytes.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+a.Token)
	if body != nil {
		req.Header.Set("Content-Type", "audio/wav")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer res.Body.Close()
	if answer, err = io.ReadAll(res.Body); err != nil {
		a.t.Fatal(err)
	}
	return res.StatusCode, answer
}

// sine is a file of 8 kHz, so that it must be converted.
func sine(hz float64, seconds int) []byte {
	pcm := make([]int16, audio.Rate*seconds)
	tone.Play(tone.Tone{{Hz: [2]float64{hz}}}).Read(pcm)
	b := audio.AppendWAVHead(nil, 8000, 1, uint32(len(pcm)))
	for i := 0; i < len(pcm); i += 2 {
		b = append(b, byte(pcm[i]), byte(uint16(pcm[i])>>8))
	}
	return b
}

// TestSoundsAreReplaced: sentences and music are listed, replaced by a file, fetched as they are heard, put back, and
// kept over a restart; what is no sound is refused.
func TestSoundsAreReplaced(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	var list struct {
		Languages []string
		Items     []struct {
			Language, Name, Text string
			Replaced             bool
		}
	}
	if s := a.API("GET", "/api/v1/prompts", nil, &list); s != 200 || !slices.Contains(list.Languages, "de") || len(list.Items) < 100 || list.Items[0].Text == "" {
		t.Fatalf("status %d, %d sentences in %v", s, len(list.Items), list.Languages)
	}
	const goodbye, ton = "/api/v1/prompts/en/goodbye", "/api/v1/music"
	ours := map[string][]byte{}
	for _, path := range []string{goodbye, ton} {
		fetch := path
		if path == ton {
			fetch += "/file"
		}
		heard := func() mediatest.Verdict {
			t.Helper()
			s, b := a.file("GET", fetch, nil)
			pcm, err := audio.ReadWAV(b)
			if s != 200 || err != nil {
				t.Fatalf("%s: status %d, %v", fetch, s, err)
			}
			if ours[path] == nil {
				ours[path] = b
			}
			return mediatest.Judge(pcm, audio.Rate, 1000)
		}
		if v := heard(); v.Heard {
			t.Errorf("%s: %+v before", path, v)
		}
		if s, b := a.file("PUT", path, sine(1000, 2)); s != 204 {
			t.Fatalf("%s: status %d %s", path, s, b)
		}
		if v := heard(); !v.Heard {
			t.Errorf("%s: %+v", path, v)
		}
		for what, wav := range map[string][]byte{"no sound": []byte("ID3 is no WAV"), "too long": sine(440, 200), "nothing": {}} {
			if s, b := a.file("PUT", path, wav); s < 400 || s >= 500 {
				t.Errorf("%s, %s: status %d %s", path, what, s, b)
			}
		}
	}
	a.Stop()
	a.Restart()
	for _, path := range []string{goodbye, ton} {
		if s, _ := a.file("DELETE", path, nil); s != 204 {
			t.Errorf("%s: put back with status %d", path, s)
		}
		if s, _ := a.file("DELETE", path, nil); s != 404 {
			t.Errorf("%s: put back twice with status %d", path, s)
		}
	}
	if _, b := a.file("GET", goodbye, nil); !bytes.Equal(b, ours[goodbye]) {
		t.Error("the sentence is not ours again")
	}
	if _, b := a.file("GET", ton+"/file", nil); !bytes.Equal(b, ours[ton]) {
		t.Error("the music is not ours again")
	}
	for _, path := range []string{"/api/v1/prompts/en/no-such-name", "/api/v1/prompts/en/..%2F..%2Fcradle", "/api/v1/prompts/xx/goodbye"} {
		if s, _ := a.file("GET", path, nil); s != 404 && s != 422 {
			t.Errorf("%s: status %d", path, s)
		}
	}
	var audit struct{ Items []struct{ Kind string } }
	a.API("GET", "/api/v1/audit?limit=100", nil, &audit)
	n := 0
	for _, e := range audit.Items {
		if e.Kind == "sound" {
			n++
		}
	}
	if n != 4 {
		t.Errorf("%d changes in the audit, want 4", n)
	}
}
