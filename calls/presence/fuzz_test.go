package presence

import (
	"strings"
	"testing"
	"unicode/utf8"

	"cradle/directory"
)

func FuzzFeatures(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0" encoding="ISO-8859-1"?><SetDoNotDisturb><doNotDisturbOn>true</doNotDisturbOn></SetDoNotDisturb>`))
	f.Add([]byte(`<SetForwarding><forwardingType>forwardNoAns</forwardingType><activateForward>1</activateForward><forwardDN>sip:1@x</forwardDN><ringCount>3</ringCount></SetForwarding>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		changes, err := readFeatures(b)
		if err != nil {
			return
		}
		if len(changes) == 0 || len(changes) > maxFeatures {
			t.Fatal(len(changes))
		}
		var e directory.Extension
		for _, c := range changes {
			c.apply(&e)
		}
		if e.Forward.NoAnswerAfter < 0 || e.Forward.NoAnswerAfter > 600 {
			t.Fatalf("%+v", e.Forward)
		}
	})
}

func FuzzPIDF(f *testing.F) {
	f.Add([]byte(`<presence><tuple id="1"><status><basic>open</basic></status><note>n</note></tuple><person><activities><busy/></activities></person></presence>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := readPIDF(b)
		if err == nil && (len(c.note) > maxNote || len(c.activities) > 4 || !utf8.ValidString(c.note)) {
			t.Fatalf("%+v", c)
		}
	})
}

// TestVersionMark: nobody's name gets into the place of the version.
func TestVersionMark(t *testing.T) {
	body := string(document(dialogInfo{Version: versionMark, Entity: `version="` + versionMark + `"`, Dialogs: []dialog{{ID: "a", State: "early"}}}))
	if strings.Count(body, "\x00") != 1 || !strings.Contains(body, "dialog-info\" version=\"\x00\"") {
		t.Errorf("%q", body)
	}
}
