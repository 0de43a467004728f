package provisioning_test

import "testing"

func TestStrangersAreKept(t *testing.T) {
	k := newKit(t, kitOptions{})
	feed := k.p.WatchStrangers()
	defer feed.Close()
	for range 2 {
		if r := k.p.Answer(t.Context(), request("http", inside, "/p/nobody-02:11:22:33:44:55.conf", "Nobody Phone 1.0")); r.Status != 404 {
			t.Fatal(r.Status)
		}
	}
	k.p.Answer(t.Context(), request("http", outside, "/p/nobody.conf", "Nobody Phone 1.0"))
	k.importPhone(t, yMAC, "yealink-t46u", true)
	k.get(inside, yFile)
	list := k.p.Strangers()
	if len(list) != 1 || list[0].MAC != "021122334455" || list[0].Count != 2 || list[0].UserAgent != "Nobody Phone 1.0" || list[0].Site != k.site.ID || len(list[0].Files) != 1 {
		t.Fatalf("%+v", list)
	}
	if s := <-feed.C(); s.MAC != "021122334455" {
		t.Errorf("the feed says %+v", s)
	}
	k.importPhone(t, "021122334455", "", false)
	if list := k.p.Strangers(); len(list) != 0 {
		t.Errorf("of a phone that is known now: %+v", list)
	}
}
