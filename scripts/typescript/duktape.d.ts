// What Duktape has beyond ECMAScript 5.1 that the compiler's own libraries
// declare only together with what it does not have.
interface ObjectConstructor {
    assign(target: {}, ...sources: any[]): any;
    is(a: any, b: any): boolean;
    setPrototypeOf(object: any, prototype: object | null): any;
}
interface NumberConstructor {
    readonly EPSILON: number;
    readonly MAX_SAFE_INTEGER: number;
    readonly MIN_SAFE_INTEGER: number;
    isFinite(value: any): boolean;
    isInteger(value: any): boolean;
    isNaN(value: any): boolean;
    isSafeInteger(value: any): boolean;
}
interface Math {
    cbrt(x: number): number;
    clz32(x: number): number;
    hypot(...values: number[]): number;
    imul(a: number, b: number): number;
    log10(x: number): number;
    log2(x: number): number;
    sign(x: number): number;
    trunc(x: number): number;
}
interface String {
    codePointAt(index: number): number | undefined;
    endsWith(text: string, end?: number): boolean;
    includes(text: string, start?: number): boolean;
    repeat(count: number): string;
    startsWith(text: string, start?: number): boolean;
}
interface StringConstructor {
    fromCodePoint(...codes: number[]): string;
}
declare class TextEncoder { encode(text?: string): Uint8Array }
declare class TextDecoder { decode(bytes?: ArrayBuffer | ArrayBufferView): string }
