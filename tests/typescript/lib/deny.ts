export const deny = (errno: keyof typeof E): HookAnswer => ({ ret: -1, errno: E[errno] });
