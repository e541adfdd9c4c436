// The demo's hook: whoever asks for the name of this machine gets another one,
// and every file that is opened is told.
accessors.AddHookAfter(SYS.uname, function (buf) {
    accessors.writeString(buf + 65, "hooked-by-javascript\0");
});
accessors.AddHookBefore(SYS.openat, function (dir, path) {
    accessors.print("[hook] open " + accessors.readString(path, 4096) + "\n");
});
