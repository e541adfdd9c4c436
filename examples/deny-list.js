// A deny list: some calls are refused altogether, some files by their path.
// The path that is looked at is the one that the kernel will use: it was
// copied before this hook ran. Links and relative paths are not resolved.
//
//   microvm-hook --hooks examples/deny-list.js -- cat /etc/shadow

var EPERM = 1, EACCES = 13, PATH_MAX = 4096;
var CALLS = ["ptrace", "socket", "mount", "reboot", "unlink", "unlinkat"];
var PATHS = [/^\/etc\/shadow/, /^\/root\//, /\.ssh(\/|$)/];

CALLS.forEach(function (name) {
    accessors.AddHookBefore(SYS[name], function () {
        return {ret: -1, errno: EPERM};
    });
});

function denyPath(address) {
    var path = accessors.readString(address, PATH_MAX);

    return PATHS.some(function (pattern) { return pattern.test(path); })
        ? {ret: -1, errno: EACCES} : null;
}

accessors.AddHookBefore(SYS.open, function (path) { return denyPath(path); });
accessors.AddHookBefore(SYS.openat, function (dir, path) {
    return denyPath(path);
});
accessors.AddHookBefore(SYS.openat2, function (dir, path) {
    return denyPath(path);
});
