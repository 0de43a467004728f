package roster

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestScan(t *testing.T) {
	for text, want := range map[string]string{
		"805ec0123456": "805ec0123456", "80:5E:C0:12:34:56": "805ec0123456", "80-5e-c0-12-34-56": "805ec0123456", "0004.f2aa.bb01": "0004f2aabb01",
		"MAC:805EC0123456": "805ec0123456", "S/N 3121020A10001234 MAC 805EC0123456 V1.1": "805ec0123456", "*805EC0123456*": "805ec0123456",
		"SN:0011223344556677,MAC ID: 00-15-65-aa-bb-cc,PN:123456789012": "001565aabbcc",
		"": "!", "hello": "!", "805ec012345": "!", "805ec01234567": "!", "805ec0123456 001565aabbcc": "!", "01005e000001": "!", "000000000000": "!",
	} {
		mac, err := Scan(text)
		if want == "!" {
			if !errors.Is(err, ErrRow) {
				t.Errorf("%q is %s, %v", text, mac, err)
			}
		} else if err != nil || string(mac) != want {
			t.Errorf("%q is %s, %v, want %s", text, mac, err, want)
		}
	}
}

func TestParse(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"paste":     {"80:5e:c0:12:34:56\n\n  001565aabbcc \nnonsense\n", "1 805ec0123456|3 001565aabbcc|4 !"},
		"semicolon": {"\ufeffName;MAC;Extension;odd\r\n\"Ada; desk\";805ec0123456;101;x\r\n;001565aabbcc\r\n", "2 805ec0123456 Ada; desk 101|3 001565aabbcc"},
		"comma":     {"mac,model,site,profile,equipment\n805ec0123456,yealink-t46u,London,Desk,by the window\n", "2 805ec0123456 yealink-t46u London Desk by the window"},
		"tab":       {"MAC address\tName\n805ec0123456\tAda\n", "2 805ec0123456 Ada"},
		"empty":     {"\n \n", ""},
	} {
		rows, err := Parse(c.text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got []string
		for _, r := range rows {
			if r.Err != nil {
				r.MAC = "!"
			}
			got = append(got, strings.Join(strings.Fields(fmt.Sprint(r.Number, " ", r.MAC, " ", r.Model, " ", r.Name, " ", r.Site, " ", r.Extension, " ", r.Profile, " ", r.Equipment)), " "))
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%s: %q, want %q", name, s, c.want)
		}
	}
	for _, bad := range []string{"\xff\xfe", strings.Repeat("805ec0123456\n", MaxRows+1), strings.Repeat(" ", MaxText+1)} {
		if _, err := Parse(bad); !errors.Is(err, ErrList) {
			t.Errorf("%.10q: %v", bad, err)
		}
	}
	if rows, err := Parse(strings.Repeat("805ec0123456\n", MaxRows)); err != nil || len(rows) != MaxRows {
		t.Errorf("at the limit: %d, %v", len(rows), err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"mac;name\n805ec0123456;x", "MAC:805EC0123456", "\"mac\",\"a\"\"b\"\n\"x", "80:5e:c0:12:34:56"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := Parse(text)
		if err != nil && !errors.Is(err, ErrList) {
			t.Fatal(err)
		}
		for _, r := range rows {
			if (r.Err == nil) != (len(r.MAC) == 12) || r.Number < 1 || !utf8.ValidString(r.Name) {
				t.Fatalf("%q gives %+v", text, r)
			}
		}
	})
}
