// The fast LAM machine in Node and in browsers: a program, its events, its natives.
//
//   const machine = await boot(wasm, { modules: [bytes], natives: { "js:add/2": (a, b) => a + b } });
//   const end = await machine.run();
//
// Terms: integers are numbers, or bigints where a number is not exact; a float is `new Float(x)`
// (and a number that is no integer); an atom is `Symbol.for(text)`; a binary is a Uint8Array, or a
// string on the way in; a list is an array; a tuple is `new Tuple(...)`; a map is a Map.

/** A tuple of terms. */
export class Tuple extends Array {}

/** A float; `value` is finite. */
export class Float {
  constructor(value) { this.value = value; }
}

const utf8 = new TextEncoder();
const text = new TextDecoder();

/** The bytes of a term, as `codec.rs` has them. */
export function encode(term) {
  const out = [];
  const head = (tag, count) => out.push(tag.charCodeAt(0), count & 255, count >> 8 & 255, count >> 16 & 255, count >>> 24);
  const number = (tag, set, value) => {
    const eight = new DataView(new ArrayBuffer(8));
    eight[set](0, value, true);
    out.push(tag.charCodeAt(0), ...new Uint8Array(eight.buffer));
  };
  const bytes = (tag, all) => {
    head(tag, all.length);
    for (const byte of all) out.push(byte);
  };
  const all = (tag, terms) => {
    head(tag, terms.length);
    for (const term of terms) put(term);
  };
  const put = (term) => {
    if (typeof term === "bigint") {
      if (BigInt.asIntN(64, term) !== term) throw new RangeError(`${term} has more than 64 bits`);
      number("i", "setBigInt64", term);
    } else if (Number.isSafeInteger(term)) number("i", "setBigInt64", BigInt(term));
    else if (typeof term === "number") number("f", "setFloat64", term);
    else if (term instanceof Float) number("f", "setFloat64", term.value);
    else if (typeof term === "symbol") bytes("a", utf8.encode(term.description));
    else if (typeof term === "boolean") bytes("a", utf8.encode(String(term)));
    else if (typeof term === "string") bytes("b", utf8.encode(term));
    else if (term instanceof Uint8Array) bytes("b", term);
    else if (term instanceof Tuple) all("t", term);
    else if (Array.isArray(term)) all("l", term);
    else if (term instanceof Map) {
      head("m", term.size);
      for (const [key, value] of term) { put(key); put(value); }
    } else throw new TypeError(`no term: ${String(term)}`);
  };
  put(term);
  return Uint8Array.from(out);
}

/** The term of such bytes. */
export function decode(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const next = () => {
    const tag = String.fromCharCode(bytes[at]);
    at += 1;
    if (tag === "i" || tag === "f") {
      at += 8;
      if (tag === "f") return new Float(view.getFloat64(at - 8, true));
      const n = view.getBigInt64(at - 8, true);
      return Number.isSafeInteger(Number(n)) ? Number(n) : n;
    }
    const count = view.getUint32(at, true);
    at += 4;
    if (tag === "a" || tag === "b") {
      const raw = bytes.slice(at, at += count);
      return tag === "b" ? raw : Symbol.for(text.decode(raw));
    }
    if (tag === "m") {
      const map = new Map();
      for (let n = 0; n < count; n++) { const key = next(); map.set(key, next()); }
      return map;
    }
    const terms = tag === "t" ? new Tuple() : [];
    for (let n = 0; n < count; n++) terms.push(next());
    return terms;
  };
  return next();
}

/** Reductions between two looks at the events of the host. */
const SLICE = 200_000;

/**
 * A machine with a program. `wasm` is a compiled WebAssembly.Module; of the options only `modules`
 * (LAM binaries) is needed:
 * `settings` (first module, function and arguments, limits, stdin, `granted` capabilities, which are
 * output and clock if nothing is said; see `set` in lib.rs), `natives`
 * ({"module:name/arity": function}), `module` (name => bytes or undefined), `write` ((port, bytes) =>
 * any), `clock` ({ monotonic(), system() } in milliseconds). A module or setting that is refused
 * is an Error; each line of its message begins with a rule.
 */
export async function boot(wasm, { modules, settings = {}, natives = {}, module, write, clock }) {
  const time = clock ?? { monotonic: () => performance.now(), system: () => Date.now() };
  const functions = Object.values(natives);
  const names = Object.keys(natives).map((name) => {
    const [, module, called, arity] = /^(.+?):(.+)\/(\d+)$/.exec(name) ?? [];
    if (!module) throw new TypeError(`a native is named module:name/arity, not ${name}`);
    return new Tuple(module, called, Number(arity));
  });
  let api;
  const taken = (at, length) => new Uint8Array(api.memory.buffer, at, length).slice();
  const give = (bytes) => {
    const at = api.lam_buffer(bytes.length);
    new Uint8Array(api.memory.buffer, at, bytes.length).set(bytes);
  };
  const answer = () => taken(api.lam_answer(), api.lam_length());
  const lam = {
    monotonic_ms: () => time.monotonic(),
    system_ms: () => time.system(),
    write: (port, portLength, at, length) =>
      write?.(text.decode(taken(port, portLength)), taken(at, length)),
    module: (at, length) => {
      const bytes = module?.(text.decode(taken(at, length)));
      if (bytes) give(bytes);
      return bytes ? 1 : 0;
    },
    call: (native, at, length) => {
      const given = decode(taken(at, length));
      try {
        give(encode(functions[native](...given) ?? Symbol.for("ok")));
        return 1;
      } catch (error) {
        give(encode(new Tuple(Symbol.for("js"), String(error?.message ?? error))));
        return 0;
      }
    },
  };
  api = (await WebAssembly.instantiate(wasm, { lam })).exports;
  const checked = (done) => { if (!done) throw new Error(text.decode(answer())); };
  for (const bytes of modules) {
    give(bytes);
    checked(api.lam_load());
  }
  const given = new Map(Object.entries(settings));
  given.set("natives", names);
  give(encode(given));
  checked(api.lam_boot());

  const events = [];
  let wake = () => {};
  const machine = {
    /** Queues a message to a registered process; one that is not there does not get it. */
    send(name, message) {
      events.push(encode(new Tuple(name, message)));
      wake();
    },
    /** Runs for about so many reductions; gives what `lam_run_for` gives. */
    step(reductions = SLICE) {
      for (const event of events.splice(0)) {
        give(event);
        api.lam_send();
      }
      return api.lam_run_for(reductions);
    },
    /** How the first process ended: undefined, or { normal, reason }. */
    root() {
      const how = api.lam_root();
      return how === 0 ? undefined : { normal: how === 1, reason: text.decode(answer()) };
    },
    /** What can be observed, in one line, with the setting `record`. */
    outcome() {
      api.lam_outcome();
      return text.decode(answer());
    },
    /**
     * Runs until the first process has ended, the machine has, or nothing can happen; with
     * `stay`, events are waited for. Between slices the host has its turn.
     */
    async run({ stay = false } = {}) {
      for (;;) {
        const wait = machine.step();
        if (wait < 0 || machine.root()) return machine.root();
        if (wait === Infinity && events.length === 0 && !stay) return undefined;
        await new Promise((resolve) => {
          wake = resolve;
          if (events.length > 0) resolve();
          // Longer timers of JavaScript go off at once.
          else if (wait !== Infinity) setTimeout(resolve, Math.min(wait, 2 ** 31 - 1));
        });
        wake = () => {};
      }
    },
  };
  return machine;
}
