package access

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestSlowdown(t *testing.T) {
	now := time.Unix(0, 0)
	s := newSlowdown(func() time.Time { return now })
	for i := range 10 {
		if wait := s.take("a", 10); wait != 0 {
			t.Fatalf("try %d has to wait %v", i+1, wait)
		}
	}
	wait := s.take("a", 10)
	if wait <= 5*time.Second || wait > 7*time.Second {
		t.Errorf("the 11th try waits %v, one comes every 6 s", wait)
	}
	if s.take("b", 10) != 0 {
		t.Error("somebody else has to wait")
	}
	now = now.Add(wait)
	if again := s.take("a", 10); again != 0 {
		t.Errorf("after the wait it still waits %v", again)
	}
	if s.take("a", 10) == 0 {
		t.Error("a wait gave two tries")
	}
	s.giveBack("a", 10)
	if s.take("a", 10) != 0 {
		t.Error("a good try was not given back")
	}
	now = now.Add(24 * time.Hour)
	for range 10 {
		s.take("a", 10)
	}
	if s.take("a", 10) == 0 {
		t.Error("a day's rest saved up more than a minute's tries")
	}
}

func TestSlowdownIsBounded(t *testing.T) {
	now := time.Unix(0, 0)
	s := newSlowdown(func() time.Time { return now })
	for i := range slowdownKeys + 10 {
		s.take(fmt.Sprint(i), 10)
	}
	if len(s.buckets) > slowdownKeys {
		t.Errorf("%d keys are remembered", len(s.buckets))
	}
	now = now.Add(2 * time.Minute)
	for i := range slowdownKeys {
		s.take(fmt.Sprint("later ", i), 10)
	}
	if len(s.buckets) > slowdownKeys {
		t.Errorf("%d keys are remembered later", len(s.buckets))
	}
}

func TestSourceKey(t *testing.T) {
	for a, b := range map[string]string{
		"192.0.2.1:1000":        "192.0.2.1:2000",
		"[2001:db8::1]:1":       "[2001:db8::ffff:1]:2", // one customer's /64
		"[::ffff:192.0.2.1]:10": "192.0.2.1:2000",
		"[fe80::1%eth0]:1":      "[fe80::2%eth0]:1",
	} {
		if sourceKey(a) != sourceKey(b) {
			t.Errorf("%s and %s count apart: %s, %s", a, b, sourceKey(a), sourceKey(b))
		}
	}
	for a, b := range map[string]string{"192.0.2.1:1": "192.0.2.2:1", "[2001:db8::1]:1": "[2001:db8:0:1::1]:1"} {
		if sourceKey(a) == sourceKey(b) {
			t.Errorf("%s and %s count as one", a, b)
		}
	}
}

func FuzzOurOrigin(f *testing.F) {
	for _, seed := range []string{"http://a.example", "https://a.example", "null", "http://a.example:80", "http://evil.example#a.example", "://", "http://a.example@evil.example"} {
		f.Add(seed, "")
	}
	f.Add("http://a.example", "cross-site")
	f.Fuzz(func(t *testing.T, origin, site string) {
		r := httptest.NewRequest(http.MethodPost, "/", nil)
		r.Host = "a.example"
		r.Header["Origin"], r.Header["Sec-Fetch-Site"] = []string{origin}, []string{site}
		if !sameOrigin(r) || site == "same-origin" {
			return
		}
		if site != "" || !strings.HasPrefix(strings.ToLower(origin), "http:") || !strings.Contains(strings.ToLower(origin), "a.example") {
			t.Errorf("origin %q, site %q passed as ours", origin, site)
		}
	})
}
