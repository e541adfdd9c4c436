import { deny } from "./lib/deny";

accessors.AddHookBefore("openat", () => {
    const { path } = args as ArgsOf<"openat">;

    if (path?.startsWith("/etc/")) return deny("ACCES");
});
