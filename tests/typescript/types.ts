// What the declarations know, and what they refuse.
accessors.AddHookBefore(SYS.openat, (dir, path) => {
    const text: string = accessors.readString(path, 4096);
    const bytes: Uint8Array = accessors.readBytes("0x7fffffffffff", 16);
    const file = args as ArgsOf<"openat">;
    const flags: number = file.flags & O.CREAT;
    const names: string = file.text.flags;
    const exact: string = file.hex.arg2;

    // @ts-expect-error: a path may be NULL
    file.path.length;
    // @ts-expect-error: no such argument
    file.sockaddr;
    // @ts-expect-error: arguments are read only
    file.flags = 0;
    if (text && bytes.length && flags && names && exact && dir)
        return { ret: -1, errno: E.ACCES };
    return { "2": file.flags | O.CLOEXEC };
});

accessors.AddHookAfter("connect", () => {
    const { sockaddr, fd } = args as ArgsOf<"connect">;
    const port: number | undefined = sockaddr?.port;

    accessors.print(fd, port, sockaddr?.family === AF.INET6, args.errno);
});

accessors.on("after", ["fstat", "%network"], { every: 2, policy: "closed" }, () => {
    const { statbuf, text } = args as ArgsOf<"fstat">;
    const size: number = statbuf!.st_size;
    const mode: string = text.statbuf!.st_mode;
    const seconds: number = statbuf!.st_atim.tv_sec;

    persistence.glb.size = size + seconds + mode.length;
});
accessors.on("exit", event => accessors.print(event.status ?? event.signal));
accessors.inject("write", { errno: "ENOSPC", nth: 3 });

// @ts-expect-error: no such call
accessors.AddHookBefore("opennat", () => {});
// @ts-expect-error: no function
accessors.AddHookBefore("openat", 5);
// @ts-expect-error: no such constant
E.NOTHING;
// @ts-expect-error: there is no Promise
new Promise(() => {});
// @ts-expect-error: nor Map
new Map();
// @ts-expect-error: text is no result
accessors.AddHookBefore("openat", () => "no");
// @ts-expect-error: no such accessor
accessors.readFile("x");
