package media

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cradle/media/audio"
	"cradle/media/mediatest"
	"cradle/media/mix"
	"cradle/media/record"
)

// Phones in a room, by the clocks of reactor and room: each hears the others and not himself, a coach is heard by one only,
// and what two of them say is recorded apart.
func TestPhonesInARoom(t *testing.T) {
	hz := [3]int{440, 700, 1000}
	r := start(t, config())
	room := mix.Open()
	file := filepath.Join(t.TempDir(), "talk.wav")
	rec, err := record.Start(file, record.Config{Apart: true})
	if err != nil {
		t.Fatal(err)
	}
	var phones [3]*mediatest.Phone
	var members [3]*mix.Member
	var sessions [3]*Session
	for i := range phones {
		phones[i], sessions[i], members[i] = phoneAt(t), session(t, r, Party{}), room.Join()
		mustSet(t, sessions[i], string(phones[i].SDP("sendrecv")))
		sound := members[i].Hear
		if i < 2 {
			side, member := rec.Side(i), members[i]
			sound = func(pcm []int16) { side(pcm); member.Hear(pcm) }
		}
		e, _ := local(t, sessions[i], EndpointConfig{Sound: sound})
		e.Play(members[i], nil)
		phones[i].Say(at(sessions[i]), mediatest.Tone{Hz: hz[i]})
	}
	hears := func(what string, who int, want [3]bool) {
		t.Helper()
		until(t, what, func() bool {
			for i, yes := range want {
				if (phones[who].Tone(hz[i]).Level > -25) != yes {
					return false
				}
			}
			return true
		})
	}
	hears("the first hears the others", 0, [3]bool{false, true, true})
	hears("the second hears the others", 1, [3]bool{true, false, true})
	hears("the third hears the others", 2, [3]bool{true, true, false})
	members[2].Whisper(members[0])
	hears("the second does not hear the coach", 1, [3]bool{true, false, false})
	hears("the first does", 0, [3]bool{false, true, true})
	time.Sleep(time.Second) // what is recorded
	for _, s := range sessions {
		s.Close()
	}
	room.Close()
	if sum, err := rec.Close(); err != nil || sum.Lost != 0 || sum.Seconds < 1 {
		t.Fatalf("%+v %v", sum, err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for side := range 2 {
		var pcm []int16
		for i := 44 + 2*side; i+1 < len(b); i += 4 {
			pcm = append(pcm, int16(binary.LittleEndian.Uint16(b[i:])))
		}
		pcm = pcm[max(0, len(pcm)-audio.Rate):][:audio.Rate*3/4]
		own, other := mediatest.Judge(pcm, audio.Rate, float64(hz[side])), mediatest.Judge(pcm, audio.Rate, float64(hz[1-side]))
		if !own.Heard || other.Level > -50 {
			t.Errorf("side %d has %+v and %+v", side, own, other)
		}
	}
}
