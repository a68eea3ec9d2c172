//! The two dispatchers: one handler jumps to the next, or a loop looks up which comes.
//!
//! Threaded dispatch relies on the compiler turning the last call of a handler into a jump, which it
//! does when it optimises. The loop is for targets where that is not so, WebAssembly among them.

use super::compute::*;
use super::control::*;
use super::data::*;
use super::operand::*;
use super::step::Probe;
use super::{End, M, Operation, Slow};
use crate::core::Core;
use std::sync::OnceLock;

/// What the first word of an operation is: the address of its handler.
#[cfg(not(any(target_family = "wasm", feature = "loop")))]
type Handler = unsafe extern "C" fn(
    pc: *const u64,
    sp: *mut u64,
    hp: *mut u64,
    reds: i64,
    core: *mut Core,
    x0: u64,
);

macro_rules! operations {
    ($($Name:ident = $Operation:ty,)*) => {
        /// An operation, by number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u16)]
        pub(crate) enum Code { Exit, $($Name,)* }

        #[cfg(not(any(target_family = "wasm", feature = "loop")))]
        mod threaded {
            use super::*;

            /// The handler of each operation, in order.
            const HANDLERS: &[Handler] = &[exit_handler, $(handler::<$Operation>,)*];

            pub(super) fn word(code: Code) -> u64 {
                HANDLERS[code as usize] as *const () as usize as u64
            }

            unsafe extern "C" fn exit_handler(
                _: *const u64, sp: *mut u64, hp: *mut u64, reds: i64, core: *mut Core, x0: u64,
            ) {
                // The process stands where `Core::pc` says; the registers are the core's.
                let _ = (sp, hp, reds, core, x0);
            }

            unsafe extern "C" fn handler<O: Operation>(
                pc: *const u64, sp: *mut u64, hp: *mut u64, reds: i64, core: *mut Core, x0: u64,
            ) {
                // SAFETY: only reached by a word of code for this operation; the first word of
                // every operation is the address of a handler.
                unsafe {
                    let m = O::run(M { pc, sp, hp, reds, core, x0 });
                    let next: Handler =
                        std::mem::transmute(std::ptr::with_exposed_provenance::<()>(*m.pc as usize));
                    next(m.pc, m.sp, m.hp, m.reds, m.core, m.x0)
                }
            }

            pub(super) unsafe fn run(m: M) {
                // SAFETY: as above.
                unsafe {
                    let first: Handler =
                        std::mem::transmute(std::ptr::with_exposed_provenance::<()>(*m.pc as usize));
                    first(m.pc, m.sp, m.hp, m.reds, m.core, m.x0)
                }
            }
        }
        #[cfg(not(any(target_family = "wasm", feature = "loop")))]
        use threaded as chosen;

        #[cfg(any(target_family = "wasm", feature = "loop"))]
        mod looping {
            use super::*;

            pub(super) fn word(code: Code) -> u64 {
                code as u64
            }

            pub(super) unsafe fn run(mut m: M) {
                loop {
                    // SAFETY: the first word of every operation is its number.
                    unsafe {
                        m = match *m.pc {
                            $(number if number == Code::$Name as u64 => <$Operation>::run(m),)*
                            _ => return,
                        }
                    }
                }
            }
        }
        #[cfg(any(target_family = "wasm", feature = "loop"))]
        use looping as chosen;
    };
}

operations! {
    End = End,
    Slow = Slow,
    Probe = Probe,
    CallLocal = CallLocal,
    TailLocal = TailLocal,
    CallCell = CallCell,
    TailCell = TailCell,
    Ret = Ret,
    Reserve = Reserve,
    MoveXA = Move<X, X0>,
    MoveYA = Move<Y, X0>,
    MoveCA = Move<C, X0>,
    MoveAX = Move<X0, X>,
    MoveAY = Move<X0, Y>,
    MoveXX = Move<X, X>,
    MoveXY = Move<X, Y>,
    MoveYX = Move<Y, X>,
    MoveYY = Move<Y, Y>,
    MoveCX = Move<C, X>,
    MoveCY = Move<C, Y>,
    Move2AYXA = Move2<X0, Y, X, X0>,
    Move2YXYA = Move2<Y, X, Y, X0>,
    Move2YXYX = Move2<Y, X, Y, X>,
    Move2XYXY = Move2<X, Y, X, Y>,
    Move2AXYA = Move2<X0, X, Y, X0>,
    Move2AYYA = Move2<X0, Y, Y, X0>,
    Move2XYXA = Move2<X, Y, X, X0>,
    Move2AYCA = Move2<X0, Y, C, X0>,
    Move2YXAX = Move2<Y, X, X0, X>,
    Move2AXXA = Move2<X0, X, X, X0>,
    Move2AYXY = Move2<X0, Y, X, Y>,
    Move2YAYX = Move2<Y, X0, Y, X>,
    Move2XAYX = Move2<X, X0, Y, X>,
    Move2YXXA = Move2<Y, X, X, X0>,
    AddACA = Binary<Add, X0, C, X0>,
    AddACX = Binary<Add, X0, C, X>,
    AddXCX = Binary<Add, X, C, X>,
    AddXCA = Binary<Add, X, C, X0>,
    AddYCX = Binary<Add, Y, C, X>,
    AddYCA = Binary<Add, Y, C, X0>,
    AddYAA = Binary<Add, Y, X0, X0>,
    AddACY = Binary<Add, X0, C, Y>,
    AddYCY = Binary<Add, Y, C, Y>,
    AddAXA = Binary<Add, X0, X, X0>,
    AddXAA = Binary<Add, X, X0, X0>,
    AddXAX = Binary<Add, X, X0, X>,
    AddAXX = Binary<Add, X0, X, X>,
    AddXXX = Numbers<Add, X, X, X>,
    AddXXA = Numbers<Add, X, X, X0>,
    SubACA = Binary<Sub, X0, C, X0>,
    SubACX = Binary<Sub, X0, C, X>,
    SubXCX = Binary<Sub, X, C, X>,
    SubXCA = Binary<Sub, X, C, X0>,
    SubYCX = Binary<Sub, Y, C, X>,
    SubYCA = Binary<Sub, Y, C, X0>,
    SubYAA = Binary<Sub, Y, X0, X0>,
    SubACY = Binary<Sub, X0, C, Y>,
    SubYCY = Binary<Sub, Y, C, Y>,
    SubAXA = Binary<Sub, X0, X, X0>,
    SubXAA = Binary<Sub, X, X0, X0>,
    SubXAX = Binary<Sub, X, X0, X>,
    SubAXX = Binary<Sub, X0, X, X>,
    SubXXX = Numbers<Sub, X, X, X>,
    SubXXA = Numbers<Sub, X, X, X0>,
    MulXXX = Numbers<Mul, X, X, X>,
    BandXCX = Binary<Band, X, C, X>,
    BandACX = Binary<Band, X0, C, X>,
    BandACA = Binary<Band, X0, C, X0>,
    BsrXCX = Binary<Bsr, X, C, X>,
    BsrACX = Binary<Bsr, X0, C, X>,
    BsrACA = Binary<Bsr, X0, C, X0>,
    RemXCX = Binary<Rem, X, C, X>,
    RemACX = Binary<Rem, X0, C, X>,
    RemACA = Binary<Rem, X0, C, X0>,
    MulXCX = Binary<Mul, X, C, X>,
    MulACX = Binary<Mul, X0, C, X>,
    MulACA = Binary<Mul, X0, C, X0>,
    LtAC = Compare<Lt, X0, C>,
    LtXC = Compare<Lt, X, C>,
    LtCA = Compare<Lt, C, X0>,
    LtCX = Compare<Lt, C, X>,
    LtAX = Compare<Lt, X0, X>,
    LtXA = Compare<Lt, X, X0>,
    LtXX = Compare<Lt, X, X>,
    LtYC = Compare<Lt, Y, C>,
    LtCY = Compare<Lt, C, Y>,
    LtYA = Compare<Lt, Y, X0>,
    LtAY = Compare<Lt, X0, Y>,
    GeAC = Compare<Ge, X0, C>,
    GeXC = Compare<Ge, X, C>,
    GeCA = Compare<Ge, C, X0>,
    GeCX = Compare<Ge, C, X>,
    GeAX = Compare<Ge, X0, X>,
    GeXA = Compare<Ge, X, X0>,
    GeXX = Compare<Ge, X, X>,
    GeYC = Compare<Ge, Y, C>,
    GeCY = Compare<Ge, C, Y>,
    GeYA = Compare<Ge, Y, X0>,
    GeAY = Compare<Ge, X0, Y>,
    IsA = Is<X0, true>,
    IsX = Is<X, true>,
    IsY = Is<Y, true>,
    IsntA = Is<X0, false>,
    IsntX = Is<X, false>,
    IsntY = Is<Y, false>,
    SameXA = Same<X, X0, true>,
    SameXX = Same<X, X, true>,
    SameAX = Same<X0, X, true>,
    DifferXA = Same<X, X0, false>,
    DifferXX = Same<X, X, false>,
    DifferAX = Same<X0, X, false>,
    IsConsA = Has<IsCons, X0>,
    IsConsX = Has<IsCons, X>,
    IsTupleA = Has<IsTuple, X0>,
    IsTupleX = Has<IsTuple, X>,
    IsIntegerA = Has<IsInteger, X0>,
    IsIntegerX = Has<IsInteger, X>,
    IsAtomA = Has<IsAtom, X0>,
    IsAtomX = Has<IsAtom, X>,
    IsMapA = Has<IsMap, X0>,
    IsMapX = Has<IsMap, X>,
    HasHeaderA = HasHeader<X0>,
    HasHeaderX = HasHeader<X>,
    HasTagA = HasTag<X0>,
    HasTagX = HasTag<X>,
    UnconsAYA = Uncons<X0, Y, X0>,
    UnconsAXA = Uncons<X0, X, X0>,
    UnconsAXX = Uncons<X0, X, X>,
    UnconsXXX = Uncons<X, X, X>,
    UnconsXYX = Uncons<X, Y, X>,
    UnconsXYA = Uncons<X, Y, X0>,
    UnconsXAX = Uncons<X, X0, X>,
    UnconsAYX = Uncons<X0, Y, X>,
    UnconsXAY = Uncons<X, X0, Y>,
    UnconsAAX = Uncons<X0, X0, X>,
    UnconsAAY = Uncons<X0, X0, Y>,
    UnconsElseAYA = UnconsElse<X0, Y, X0>,
    UnconsElseAXA = UnconsElse<X0, X, X0>,
    UnconsElseAXX = UnconsElse<X0, X, X>,
    UnconsElseXXX = UnconsElse<X, X, X>,
    UnconsElseXYX = UnconsElse<X, Y, X>,
    UnconsElseXYA = UnconsElse<X, Y, X0>,
    UnconsElseXAX = UnconsElse<X, X0, X>,
    UnconsElseAYX = UnconsElse<X0, Y, X>,
    UnconsElseXAY = UnconsElse<X, X0, Y>,
    UnconsElseAAX = UnconsElse<X0, X0, X>,
    UnconsElseAAY = UnconsElse<X0, X0, Y>,
    ConsYAA = Cons<Y, X0, X0>,
    ConsXAA = Cons<X, X0, X0>,
    ConsYCX = Cons<Y, C, X>,
    ConsXXX = Cons<X, X, X>,
    ConsYYX = Cons<Y, Y, X>,
    ConsACA = Cons<X0, C, X0>,
    ConsAYX = Cons<X0, Y, X>,
    ConsXXA = Cons<X, X, X0>,
    ConsXYA = Cons<X, Y, X0>,
    ConsAXX = Cons<X0, X, X>,
    ConsAXA = Cons<X0, X, X0>,
    ConsYXA = Cons<Y, X, X0>,
    PairYAA = Pair<Y, X0, X0>,
    PairXXX = Pair<X, X, X>,
    PairAXX = Pair<X0, X, X>,
    PairCXX = Pair<C, X, X>,
    PairCAX = Pair<C, X0, X>,
    PairCXA = Pair<C, X, X0>,
    PairXAA = Pair<X, X0, X0>,
    PairAXA = Pair<X0, X, X0>,
    GetProvedAA = GetProved<X0, X0>,
    GetProvedAX = GetProved<X0, X>,
    GetProvedXX = GetProved<X, X>,
    GetProvedXA = GetProved<X, X0>,
    GetProvedAY = GetProved<X0, Y>,
    GetProvedXY = GetProved<X, Y>,
    GetProvedYX = GetProved<Y, X>,
    GetProvedYA = GetProved<Y, X0>,
    GetAA = Get<X0, X0>,
    GetAX = Get<X0, X>,
    GetXX = Get<X, X>,
    GetXA = Get<X, X0>,
    SwitchA = Switch<X0>,
    SwitchSortedA = SwitchSorted<X0>,
    SwitchX = Switch<X>,
    SwitchSortedX = SwitchSorted<X>,
    FconvXX = Fconv<X, X>,
    FconvAX = Fconv<X0, X>,
    FconvXA = Fconv<X, X0>,
    FconvAA = Fconv<X0, X0>,
    SelfPidA = SelfPid<X0>,
    SelfPidX = SelfPid<X>,
    SelfPidY = SelfPid<Y>,
    MovesAny = Spilled<Moves<Any, Any>>,
    TupleAny = Spilled<Tuple<Any, Any>>,
    PairAny = Spilled<Pair<Any, Any, Any>>,
    ConsAny = Spilled<Cons<Any, Any, Any>>,
    UnconsAny = Spilled<Uncons<Any, Any, Any>>,
    UnconsElseAny = Spilled<UnconsElse<Any, Any, Any>>,
    GetProvedAny = Spilled<GetProved<Any, Any>>,
    GetAny = Spilled<Get<Any, Any>>,
    SwitchAny = Spilled<Switch<Any>>,
    SwitchSortedAny = Spilled<SwitchSorted<Any>>,
    Move2Any = Spilled<Move2<Any, Any, Any, Any>>,
    MoveAny = Spilled<Move<Any, Any>>,
    SelfPidAny = Spilled<SelfPid<Any>>,
    FconvAny = Spilled<Fconv<Any, Any>>,
    AddAny = Spilled<Numbers<Add, Any, Any, Any>>,
    SubAny = Spilled<Numbers<Sub, Any, Any, Any>>,
    MulAny = Spilled<Numbers<Mul, Any, Any, Any>>,
    FdivAny = Spilled<Numbers<Fdiv, Any, Any, Any>>,
    DivAny = Spilled<Binary<Div, Any, Any, Any>>,
    RemAny = Spilled<Binary<Rem, Any, Any, Any>>,
    BandAny = Spilled<Binary<Band, Any, Any, Any>>,
    BorAny = Spilled<Binary<Bor, Any, Any, Any>>,
    BxorAny = Spilled<Binary<Bxor, Any, Any, Any>>,
    BslAny = Spilled<Binary<Bsl, Any, Any, Any>>,
    BsrAny = Spilled<Binary<Bsr, Any, Any, Any>>,
    LtAny = Spilled<Compare<Lt, Any, Any>>,
    GeAny = Spilled<Compare<Ge, Any, Any>>,
    EqAny = Spilled<Compare<Eq, Any, Any>>,
    NeAny = Spilled<Compare<Ne, Any, Any>>,
    IsAny = Spilled<Is<Any, true>>,
    IsntAny = Spilled<Is<Any, false>>,
    SameAny = Spilled<Same<Any, Any, true>>,
    DifferAny = Spilled<Same<Any, Any, false>>,
    IsConsAny = Spilled<Has<IsCons, Any>>,
    IsListAny = Spilled<Has<IsList, Any>>,
    IsTupleAny = Spilled<Has<IsTuple, Any>>,
    IsIntegerAny = Spilled<Has<IsInteger, Any>>,
    IsAtomAny = Spilled<Has<IsAtom, Any>>,
    IsMapAny = Spilled<Has<IsMap, Any>>,
    IsPidAny = Spilled<Has<IsPid, Any>>,
    IsFloatAny = Spilled<Has<IsFloat, Any>>,
    HasHeaderAny = Spilled<HasHeader<Any>>,
    HasTagAny = Spilled<HasTag<Any>>,
    Jump = Jump,
    Frame = Frame,
    FrameRaw = FrameRaw,
    Drop = Drop,
    Need = Need,
}

/// The first word of an operation.
pub(crate) fn word(code: Code) -> u64 {
    chosen::word(code)
}

/// Code that leaves the interpreter.
pub(crate) fn exit() -> *const u64 {
    static EXIT: OnceLock<[u64; 1]> = OnceLock::new();
    EXIT.get_or_init(|| [word(Code::Exit)]).as_ptr()
}

/// Where the first function of every process returns.
pub(crate) fn end() -> *const u64 {
    static END: OnceLock<[u64; 2]> = OnceLock::new();
    // SAFETY: the second of two words.
    unsafe { END.get_or_init(|| [0, word(Code::End)]).as_ptr().add(1) }
}

/// Runs the process of a core until it stops.
pub(crate) fn run(core: &mut Core) {
    let pc = core.pc;
    // SAFETY: the process stands at an operation, and all its registers are in the core.
    unsafe { chosen::run(M::load(core, pc)) }
}

/// Where an operand is: the first X register, another one, a Y slot, or a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// The first X register.
    A,
    /// Another one.
    X,
    /// A Y slot.
    Y,
    /// A constant.
    C,
}

/// The operations of one meaning: that for operands of any kind, and those for some kinds.
pub(crate) struct Choice {
    any: Code,
    some: &'static [(Code, &'static [At])],
}

impl Choice {
    /// The operation for operands at these places, and whether they are of any kind.
    pub fn pick(&self, at: &[At]) -> (Code, bool) {
        let some = self.some.iter().find(|(_, wanted)| *wanted == at);
        some.map_or((self.any, true), |(code, _)| (*code, false))
    }
}

/// See the operation of that name.
pub(crate) const MOVE: Choice = Choice {
    any: Code::MoveAny,
    some: &[
        (Code::MoveXA, &[At::X, At::A]),
        (Code::MoveYA, &[At::Y, At::A]),
        (Code::MoveCA, &[At::C, At::A]),
        (Code::MoveAX, &[At::A, At::X]),
        (Code::MoveAY, &[At::A, At::Y]),
        (Code::MoveXX, &[At::X, At::X]),
        (Code::MoveXY, &[At::X, At::Y]),
        (Code::MoveYX, &[At::Y, At::X]),
        (Code::MoveYY, &[At::Y, At::Y]),
        (Code::MoveCX, &[At::C, At::X]),
        (Code::MoveCY, &[At::C, At::Y]),
    ],
};

/// See the operation of that name.
pub(crate) const MOVE2: Choice = Choice {
    any: Code::Move2Any,
    some: &[
        (Code::Move2AYXA, &[At::A, At::Y, At::X, At::A]),
        (Code::Move2YXYA, &[At::Y, At::X, At::Y, At::A]),
        (Code::Move2YXYX, &[At::Y, At::X, At::Y, At::X]),
        (Code::Move2XYXY, &[At::X, At::Y, At::X, At::Y]),
        (Code::Move2AXYA, &[At::A, At::X, At::Y, At::A]),
        (Code::Move2AYYA, &[At::A, At::Y, At::Y, At::A]),
        (Code::Move2XYXA, &[At::X, At::Y, At::X, At::A]),
        (Code::Move2AYCA, &[At::A, At::Y, At::C, At::A]),
        (Code::Move2YXAX, &[At::Y, At::X, At::A, At::X]),
        (Code::Move2AXXA, &[At::A, At::X, At::X, At::A]),
        (Code::Move2AYXY, &[At::A, At::Y, At::X, At::Y]),
        (Code::Move2YAYX, &[At::Y, At::A, At::Y, At::X]),
        (Code::Move2XAYX, &[At::X, At::A, At::Y, At::X]),
        (Code::Move2YXXA, &[At::Y, At::X, At::X, At::A]),
    ],
};

/// See the operation of that name.
pub(crate) const ADD: Choice = Choice {
    any: Code::AddAny,
    some: &[
        (Code::AddACA, &[At::A, At::C, At::A]),
        (Code::AddACX, &[At::A, At::C, At::X]),
        (Code::AddXCX, &[At::X, At::C, At::X]),
        (Code::AddXCA, &[At::X, At::C, At::A]),
        (Code::AddYCX, &[At::Y, At::C, At::X]),
        (Code::AddYCA, &[At::Y, At::C, At::A]),
        (Code::AddYAA, &[At::Y, At::A, At::A]),
        (Code::AddACY, &[At::A, At::C, At::Y]),
        (Code::AddYCY, &[At::Y, At::C, At::Y]),
        (Code::AddAXA, &[At::A, At::X, At::A]),
        (Code::AddXAA, &[At::X, At::A, At::A]),
        (Code::AddXAX, &[At::X, At::A, At::X]),
        (Code::AddAXX, &[At::A, At::X, At::X]),
        (Code::AddXXX, &[At::X, At::X, At::X]),
        (Code::AddXXA, &[At::X, At::X, At::A]),
    ],
};

/// See the operation of that name.
pub(crate) const SUB: Choice = Choice {
    any: Code::SubAny,
    some: &[
        (Code::SubACA, &[At::A, At::C, At::A]),
        (Code::SubACX, &[At::A, At::C, At::X]),
        (Code::SubXCX, &[At::X, At::C, At::X]),
        (Code::SubXCA, &[At::X, At::C, At::A]),
        (Code::SubYCX, &[At::Y, At::C, At::X]),
        (Code::SubYCA, &[At::Y, At::C, At::A]),
        (Code::SubYAA, &[At::Y, At::A, At::A]),
        (Code::SubACY, &[At::A, At::C, At::Y]),
        (Code::SubYCY, &[At::Y, At::C, At::Y]),
        (Code::SubAXA, &[At::A, At::X, At::A]),
        (Code::SubXAA, &[At::X, At::A, At::A]),
        (Code::SubXAX, &[At::X, At::A, At::X]),
        (Code::SubAXX, &[At::A, At::X, At::X]),
        (Code::SubXXX, &[At::X, At::X, At::X]),
        (Code::SubXXA, &[At::X, At::X, At::A]),
    ],
};

/// See the operation of that name.
pub(crate) const MUL: Choice = Choice {
    any: Code::MulAny,
    some: &[
        (Code::MulXXX, &[At::X, At::X, At::X]),
        (Code::MulXCX, &[At::X, At::C, At::X]),
        (Code::MulACX, &[At::A, At::C, At::X]),
        (Code::MulACA, &[At::A, At::C, At::A]),
    ],
};

/// See the operation of that name.
pub(crate) const BAND: Choice = Choice {
    any: Code::BandAny,
    some: &[
        (Code::BandXCX, &[At::X, At::C, At::X]),
        (Code::BandACX, &[At::A, At::C, At::X]),
        (Code::BandACA, &[At::A, At::C, At::A]),
    ],
};

/// See the operation of that name.
pub(crate) const BSR: Choice = Choice {
    any: Code::BsrAny,
    some: &[
        (Code::BsrXCX, &[At::X, At::C, At::X]),
        (Code::BsrACX, &[At::A, At::C, At::X]),
        (Code::BsrACA, &[At::A, At::C, At::A]),
    ],
};

/// See the operation of that name.
pub(crate) const REM: Choice = Choice {
    any: Code::RemAny,
    some: &[
        (Code::RemXCX, &[At::X, At::C, At::X]),
        (Code::RemACX, &[At::A, At::C, At::X]),
        (Code::RemACA, &[At::A, At::C, At::A]),
    ],
};

/// See the operation of that name.
pub(crate) const LT: Choice = Choice {
    any: Code::LtAny,
    some: &[
        (Code::LtAC, &[At::A, At::C]),
        (Code::LtXC, &[At::X, At::C]),
        (Code::LtCA, &[At::C, At::A]),
        (Code::LtCX, &[At::C, At::X]),
        (Code::LtAX, &[At::A, At::X]),
        (Code::LtXA, &[At::X, At::A]),
        (Code::LtXX, &[At::X, At::X]),
        (Code::LtYC, &[At::Y, At::C]),
        (Code::LtCY, &[At::C, At::Y]),
        (Code::LtYA, &[At::Y, At::A]),
        (Code::LtAY, &[At::A, At::Y]),
    ],
};

/// See the operation of that name.
pub(crate) const GE: Choice = Choice {
    any: Code::GeAny,
    some: &[
        (Code::GeAC, &[At::A, At::C]),
        (Code::GeXC, &[At::X, At::C]),
        (Code::GeCA, &[At::C, At::A]),
        (Code::GeCX, &[At::C, At::X]),
        (Code::GeAX, &[At::A, At::X]),
        (Code::GeXA, &[At::X, At::A]),
        (Code::GeXX, &[At::X, At::X]),
        (Code::GeYC, &[At::Y, At::C]),
        (Code::GeCY, &[At::C, At::Y]),
        (Code::GeYA, &[At::Y, At::A]),
        (Code::GeAY, &[At::A, At::Y]),
    ],
};

/// See the operation of that name.
pub(crate) const IS: Choice = Choice {
    any: Code::IsAny,
    some: &[(Code::IsA, &[At::A]), (Code::IsX, &[At::X]), (Code::IsY, &[At::Y])],
};

/// See the operation of that name.
pub(crate) const ISNT: Choice = Choice {
    any: Code::IsntAny,
    some: &[(Code::IsntA, &[At::A]), (Code::IsntX, &[At::X]), (Code::IsntY, &[At::Y])],
};

/// See the operation of that name.
pub(crate) const SAME: Choice = Choice {
    any: Code::SameAny,
    some: &[
        (Code::SameXA, &[At::X, At::A]),
        (Code::SameXX, &[At::X, At::X]),
        (Code::SameAX, &[At::A, At::X]),
    ],
};

/// See the operation of that name.
pub(crate) const DIFFER: Choice = Choice {
    any: Code::DifferAny,
    some: &[
        (Code::DifferXA, &[At::X, At::A]),
        (Code::DifferXX, &[At::X, At::X]),
        (Code::DifferAX, &[At::A, At::X]),
    ],
};

/// See the operation of that name.
pub(crate) const IS_CONS: Choice =
    Choice { any: Code::IsConsAny, some: &[(Code::IsConsA, &[At::A]), (Code::IsConsX, &[At::X])] };

/// See the operation of that name.
pub(crate) const IS_TUPLE: Choice = Choice {
    any: Code::IsTupleAny,
    some: &[(Code::IsTupleA, &[At::A]), (Code::IsTupleX, &[At::X])],
};

/// See the operation of that name.
pub(crate) const IS_INTEGER: Choice = Choice {
    any: Code::IsIntegerAny,
    some: &[(Code::IsIntegerA, &[At::A]), (Code::IsIntegerX, &[At::X])],
};

/// See the operation of that name.
pub(crate) const IS_ATOM: Choice =
    Choice { any: Code::IsAtomAny, some: &[(Code::IsAtomA, &[At::A]), (Code::IsAtomX, &[At::X])] };

/// See the operation of that name.
pub(crate) const IS_MAP: Choice =
    Choice { any: Code::IsMapAny, some: &[(Code::IsMapA, &[At::A]), (Code::IsMapX, &[At::X])] };

/// See the operation of that name.
pub(crate) const HAS_HEADER: Choice = Choice {
    any: Code::HasHeaderAny,
    some: &[(Code::HasHeaderA, &[At::A]), (Code::HasHeaderX, &[At::X])],
};

/// See the operation of that name.
pub(crate) const HAS_TAG: Choice =
    Choice { any: Code::HasTagAny, some: &[(Code::HasTagA, &[At::A]), (Code::HasTagX, &[At::X])] };

/// See the operation of that name.
pub(crate) const UNCONS: Choice = Choice {
    any: Code::UnconsAny,
    some: &[
        (Code::UnconsAYA, &[At::A, At::Y, At::A]),
        (Code::UnconsAXA, &[At::A, At::X, At::A]),
        (Code::UnconsAXX, &[At::A, At::X, At::X]),
        (Code::UnconsXXX, &[At::X, At::X, At::X]),
        (Code::UnconsXYX, &[At::X, At::Y, At::X]),
        (Code::UnconsXYA, &[At::X, At::Y, At::A]),
        (Code::UnconsXAX, &[At::X, At::A, At::X]),
        (Code::UnconsAYX, &[At::A, At::Y, At::X]),
        (Code::UnconsXAY, &[At::X, At::A, At::Y]),
        (Code::UnconsAAX, &[At::A, At::A, At::X]),
        (Code::UnconsAAY, &[At::A, At::A, At::Y]),
    ],
};

/// See the operation of that name.
pub(crate) const UNCONS_ELSE: Choice = Choice {
    any: Code::UnconsElseAny,
    some: &[
        (Code::UnconsElseAYA, &[At::A, At::Y, At::A]),
        (Code::UnconsElseAXA, &[At::A, At::X, At::A]),
        (Code::UnconsElseAXX, &[At::A, At::X, At::X]),
        (Code::UnconsElseXXX, &[At::X, At::X, At::X]),
        (Code::UnconsElseXYX, &[At::X, At::Y, At::X]),
        (Code::UnconsElseXYA, &[At::X, At::Y, At::A]),
        (Code::UnconsElseXAX, &[At::X, At::A, At::X]),
        (Code::UnconsElseAYX, &[At::A, At::Y, At::X]),
        (Code::UnconsElseXAY, &[At::X, At::A, At::Y]),
        (Code::UnconsElseAAX, &[At::A, At::A, At::X]),
        (Code::UnconsElseAAY, &[At::A, At::A, At::Y]),
    ],
};

/// See the operation of that name.
pub(crate) const CONS: Choice = Choice {
    any: Code::ConsAny,
    some: &[
        (Code::ConsYAA, &[At::Y, At::A, At::A]),
        (Code::ConsXAA, &[At::X, At::A, At::A]),
        (Code::ConsYCX, &[At::Y, At::C, At::X]),
        (Code::ConsXXX, &[At::X, At::X, At::X]),
        (Code::ConsYYX, &[At::Y, At::Y, At::X]),
        (Code::ConsACA, &[At::A, At::C, At::A]),
        (Code::ConsAYX, &[At::A, At::Y, At::X]),
        (Code::ConsXXA, &[At::X, At::X, At::A]),
        (Code::ConsXYA, &[At::X, At::Y, At::A]),
        (Code::ConsAXX, &[At::A, At::X, At::X]),
        (Code::ConsAXA, &[At::A, At::X, At::A]),
        (Code::ConsYXA, &[At::Y, At::X, At::A]),
    ],
};

/// See the operation of that name.
pub(crate) const PAIR: Choice = Choice {
    any: Code::PairAny,
    some: &[
        (Code::PairYAA, &[At::Y, At::A, At::A]),
        (Code::PairXXX, &[At::X, At::X, At::X]),
        (Code::PairAXX, &[At::A, At::X, At::X]),
        (Code::PairCXX, &[At::C, At::X, At::X]),
        (Code::PairCAX, &[At::C, At::A, At::X]),
        (Code::PairCXA, &[At::C, At::X, At::A]),
        (Code::PairXAA, &[At::X, At::A, At::A]),
        (Code::PairAXA, &[At::A, At::X, At::A]),
    ],
};

/// See the operation of that name.
pub(crate) const GET_PROVED: Choice = Choice {
    any: Code::GetProvedAny,
    some: &[
        (Code::GetProvedAA, &[At::A, At::A]),
        (Code::GetProvedAX, &[At::A, At::X]),
        (Code::GetProvedXX, &[At::X, At::X]),
        (Code::GetProvedXA, &[At::X, At::A]),
        (Code::GetProvedAY, &[At::A, At::Y]),
        (Code::GetProvedXY, &[At::X, At::Y]),
        (Code::GetProvedYX, &[At::Y, At::X]),
        (Code::GetProvedYA, &[At::Y, At::A]),
    ],
};

/// See the operation of that name.
pub(crate) const GET: Choice = Choice {
    any: Code::GetAny,
    some: &[
        (Code::GetAA, &[At::A, At::A]),
        (Code::GetAX, &[At::A, At::X]),
        (Code::GetXX, &[At::X, At::X]),
        (Code::GetXA, &[At::X, At::A]),
    ],
};

/// See the operation of that name.
pub(crate) const SWITCH: Choice =
    Choice { any: Code::SwitchAny, some: &[(Code::SwitchA, &[At::A]), (Code::SwitchX, &[At::X])] };

/// See the operation of that name.
pub(crate) const SWITCH_SORTED: Choice = Choice {
    any: Code::SwitchSortedAny,
    some: &[(Code::SwitchSortedA, &[At::A]), (Code::SwitchSortedX, &[At::X])],
};

/// See the operation of that name.
pub(crate) const FCONV: Choice = Choice {
    any: Code::FconvAny,
    some: &[
        (Code::FconvXX, &[At::X, At::X]),
        (Code::FconvAX, &[At::A, At::X]),
        (Code::FconvXA, &[At::X, At::A]),
        (Code::FconvAA, &[At::A, At::A]),
    ],
};

/// See the operation of that name.
pub(crate) const SELF_PID: Choice = Choice {
    any: Code::SelfPidAny,
    some: &[(Code::SelfPidA, &[At::A]), (Code::SelfPidX, &[At::X]), (Code::SelfPidY, &[At::Y])],
};

/// See the operation of that name.
pub(crate) const MOVES: Choice = Choice { any: Code::MovesAny, some: &[] };

/// See the operation of that name.
pub(crate) const TUPLE: Choice = Choice { any: Code::TupleAny, some: &[] };

/// See the operation of that name.
pub(crate) const FDIV: Choice = Choice { any: Code::FdivAny, some: &[] };

/// See the operation of that name.
pub(crate) const DIV: Choice = Choice { any: Code::DivAny, some: &[] };

/// See the operation of that name.
pub(crate) const BOR: Choice = Choice { any: Code::BorAny, some: &[] };

/// See the operation of that name.
pub(crate) const BXOR: Choice = Choice { any: Code::BxorAny, some: &[] };

/// See the operation of that name.
pub(crate) const BSL: Choice = Choice { any: Code::BslAny, some: &[] };

/// See the operation of that name.
pub(crate) const EQ: Choice = Choice { any: Code::EqAny, some: &[] };

/// See the operation of that name.
pub(crate) const NE: Choice = Choice { any: Code::NeAny, some: &[] };

/// See the operation of that name.
pub(crate) const IS_LIST: Choice = Choice { any: Code::IsListAny, some: &[] };

/// See the operation of that name.
pub(crate) const IS_PID: Choice = Choice { any: Code::IsPidAny, some: &[] };

/// See the operation of that name.
pub(crate) const IS_FLOAT: Choice = Choice { any: Code::IsFloatAny, some: &[] };
