package provisioning_test

import (
	"testing"
	"time"

	"cradle/directory"
	"cradle/provisioning"
)

func TestWhatAPhoneFetchedIsRemembered(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	if _, ok := k.p.Fetched(d.ID, "{mac}.cfg"); ok {
		t.Fatal("before it asked")
	}
	head := request("http", inside, yFile, "")
	head.Method = "HEAD"
	k.p.Answer(t.Context(), head)
	if _, ok := k.p.Fetched(d.ID, "{mac}.cfg"); ok {
		t.Error("a HEAD counts")
	}
	k.get(inside, yFile)
	text := func() []byte { f, _ := k.p.Fetched(d.ID, "{mac}.cfg"); return f.Text }
	eventually(t, "the text", func() bool { return text() != nil })
	first, _ := k.p.Fetched(d.ID, "{mac}.cfg")
	if contains(first.Text, lineSecret(d)) || contains(first.Text, k.token(yMAC)) || !contains(first.Text, "Ada Lovelace") {
		t.Errorf("it holds a secret, or not the name:\n%s", first.Text)
	}
	steps := k.p.Journal().Of(directory.MAC(yMAC))
	if first.Hash == "" || steps[len(steps)-1].Hash != first.Hash {
		t.Errorf("hash %q, the journal has %q", first.Hash, steps[len(steps)-1].Hash)
	}
	k.later(time.Minute)
	k.get(inside, yFile)
	if again, _ := k.p.Fetched(d.ID, "{mac}.cfg"); again.Hash != first.Hash || !again.At.After(first.At) || again.Text == nil {
		t.Errorf("the same again: %+v", again)
	}
	k.update(t, func(tx *directory.Tx) error {
		e := k.ada
		e.Name = "Countess"
		k.ada = e
		return tx.PutExtension(&k.ada)
	})
	if kept, _ := k.p.Fetched(d.ID, "{mac}.cfg"); kept.Hash != first.Hash || !contains(kept.Text, "Ada Lovelace") {
		t.Error("a change that nobody fetched altered what was fetched")
	}
	k.get(inside, yFile)
	eventually(t, "the new text", func() bool { return contains(text(), "Countess") })
}

func TestWhatChangedBeforeItWasRememberedIsNotTold(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	resume := provisioning.HoldKeeper(k.p)
	k.get(inside, yFile)
	k.update(t, func(tx *directory.Tx) error {
		e := k.ada
		e.Name = "Countess"
		k.ada = e
		return tx.PutExtension(&k.ada)
	})
	resume()
	eventually(t, "an empty queue", func() bool { return provisioning.KeeperIdle(k.p) })
	if f, ok := k.p.Fetched(d.ID, "{mac}.cfg"); !ok || f.Hash == "" || f.Text != nil {
		t.Errorf("known %v, hash %q, text %q: a text that nobody fetched", ok, f.Hash, f.Text)
	}
	k.get(inside, yFile)
	eventually(t, "the new text", func() bool { f, _ := k.p.Fetched(d.ID, "{mac}.cfg"); return contains(f.Text, "Countess") })
}
