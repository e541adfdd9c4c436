// Substitution of a request: where the program named below writes an HTTP GET,
// another request goes out. The program's buffer is put back afterwards, so
// that it finds there what it wrote.
//
//   microvm-hook --hooks examples/netSender.js -- netSender
//
// The longer text is safe: writes beyond the buffer's end would overwrite what
// lies behind it, so the request is never longer than what it replaces.

var PROGRAM = /netSender/;
var REQUEST = "GET /hooked HTTP/1.0\r\n\r\n";

accessors.AddHookBefore(SYS.write, function replaceRequest(fd, buf, count) {
    var bytes, text;

    if (!PROGRAM.test(accessors.getArgv()[0]) || count < REQUEST.length) {
        return null;
    }
    bytes = accessors.readBytes(buf, count);
    text = String.fromCharCode.apply(String, bytes);
    if (text.indexOf("GET") < 0) {
        return null;
    }
    persistence.local.saved = bytes;
    accessors.writeString(buf, REQUEST);
    return {"2": REQUEST.length};
});

accessors.AddHookAfter(SYS.write, function restoreRequest(fd, buf) {
    var saved = persistence.local.saved;

    if (!saved) {
        return null;
    }
    delete persistence.local.saved;
    accessors.writeBytes(buf, saved);
    // The program is told that all it wrote went out.
    return args.errno ? null : {ret: saved.length, errno: 0};
});
