//! The instruction table: the one place where an instruction is declared.
//!
//! Owns mnemonics, opcodes, operands, costs, safepoints and which rules an instruction can fire.
//! From it come the enum, one trait per family, the codec, the parser and printer, `spec/isa.json`
//! and the frames of the book's instruction pages. Book: *All instructions*.
//!
//! Operand order is the same everywhere: kind, sources, destinations, label, and last the lists
//! that hold destinations or labels.

use crate::kind::{Command, MapKind, Mark, Op, Raise, Segment, SwitchKind, Test};
use crate::operand::*;
use crate::rule::Rule;
use alloc::vec::Vec;

/// Calls `$then!` with the whole instruction table.
#[macro_export]
macro_rules! for_each_instruction {
    ($then:ident) => {
        $then! {
            /// Moving values, building and taking apart tuples, lists, maps and funs.
            family data: Data {
                /// Copy several values at once: all sources are read before any destination is written.
                0x01 "move" mov = Move {
                    /// What goes where.
                    pairs: Vec<(Src, Dst)>,
                } cost 0 local fires [ExecMoveParallel];
                /// Build a list cell.
                0x02 "cons" cons = Cons {
                    /// The head.
                    head: Src,
                    /// The tail, any term.
                    tail: Src,
                    /// Receives the list.
                    dst: Dst,
                } cost 0 local fires [ExecConsBuild];
                /// Take a list cell apart.
                0x03 "uncons" uncons = Uncons {
                    /// The list.
                    list: Src,
                    /// Receives the head.
                    head: Dst,
                    /// Receives the tail.
                    tail: Dst,
                } cost 0 local fires [ExecUnconsSplit, ExecUnconsBadarg];
                /// Build a tuple.
                0x04 "tuple" tuple = Tuple {
                    /// Its elements, first to last.
                    elements: Vec<Src>,
                    /// Receives the tuple.
                    dst: Dst,
                } cost 0 local fires [ExecTupleBuild];
                /// Read an element of a tuple.
                0x05 "get" get = Get {
                    /// Which element, counted from 0.
                    index: u32,
                    /// The tuple.
                    tuple: Src,
                    /// Receives the element.
                    dst: Dst,
                } cost 0 local fires [ExecGetElement, ExecGetBadarg];
                /// Copy a tuple with some elements replaced.
                0x06 "update" update = Update {
                    /// The tuple.
                    tuple: Src,
                    /// Which elements, counted from 0, receive what.
                    elements: Vec<(u32, Src)>,
                    /// Receives the copy.
                    dst: Dst,
                } cost 0 local fires [ExecUpdateCopy, ExecUpdateBadarg];
                /// Make a fun of a function of this module and the values it captures.
                0x07 "fun" fun = Fun {
                    /// A local function; its last parameters are the captured values.
                    function: RefId,
                    /// The captured values.
                    captured: Vec<Src>,
                    /// Receives the fun.
                    dst: Dst,
                } cost 0 local fires [ExecFunClose];
                /// Copy a map with some pairs added or replaced.
                0x08 "map" map = Map {
                    /// `assoc` or `exact`.
                    kind: MapKind,
                    /// The map.
                    map: Src,
                    /// The pairs, put in this order.
                    pairs: Vec<(Src, Src)>,
                    /// Receives the copy.
                    dst: Dst,
                } cost 1 local fires [ExecMapAssoc, ExecMapExact, ExecMapBadmap, ExecMapBadkey];
                /// Read the values of several keys of a map, all or none.
                0x0a "pick" pick = Pick {
                    /// The map.
                    map: Src,
                    /// Where to go when a key is missing.
                    other: Label,
                    /// Keys and what receives their values.
                    pairs: Vec<(Src, Dst)>,
                } cost 0 local fires [ExecPickFound, ExecPickMissing, ExecPickBadarg];
            }

            /// Where execution goes on, and with which frame and how much heap.
            family control: Control {
                /// Go to a label.
                0x10 "jump" jump = Jump {
                    /// Where to.
                    to: Label,
                } cost 0 local fires [ExecJumpGo];
                /// Go to one of several labels, chosen by a constant.
                0x11 "switch" switch = Switch {
                    /// `value` or `arity`.
                    kind: SwitchKind,
                    /// The term.
                    value: Src,
                    /// Where to go when no constant is equal.
                    other: Label,
                    /// Distinct constants and their labels.
                    cases: Vec<(Case, Label)>,
                } cost 0 local fires [ExecSwitchMatch, ExecSwitchOther];
                /// Call a function and come back.
                0x13 "call" call = Call {
                    /// What is called.
                    target: Target,
                    /// With how many arguments.
                    arity: Arity,
                } cost 1 safepoint fires [
                    ExecCallEnter, ExecCallNative, ExecCallUndef, ExecCallBadfun, ExecCallBadarity,
                    ExecCallBadarg
                ];
                /// Call a function instead of returning.
                0x16 "tail" tail = Tail {
                    /// What is called.
                    target: Target,
                    /// With how many arguments.
                    arity: Arity,
                    /// The size of the frame, which is dropped.
                    frame: u32,
                } cost 1 safepoint fires [
                    ExecTailEnter, ExecTailNative, ExecCallUndef, ExecCallBadfun, ExecCallBadarity,
                    ExecCallBadarg
                ];
                /// Return to the caller; `x0` is the value.
                0x19 "ret" ret = Ret {
                    /// The size of the frame, which is dropped.
                    frame: u32,
                } cost 1 safepoint fires [ExecRetCaller, ExecRetEnd];
                /// Push a frame of Y slots, or drop the lowest of them.
                0x1a "frame" frame = Frame {
                    /// By how many slots.
                    change: FrameChange,
                } cost 0 local fires [ExecFramePush, ExecFrameDrop];
                /// Make sure of heap space, which `cons`, `tuple` and `fun` then use.
                0x1b "need" need = Need {
                    /// How many words.
                    words: u32,
                    /// How many X registers live on: `x0` to `x(live-1)`.
                    live: u32,
                } cost 0 safepoint fires [ExecNeedCredit];
            }

            /// Computing values and testing them.
            family compute: Compute {
                /// Compute a pure operation.
                0x80 "op" op = Op {
                    /// Which operation.
                    kind: Op,
                    /// Its sources.
                    args: Vec<Src>,
                    /// Receives the result.
                    dst: Dst,
                    /// Where to go when it fails; without a label it raises.
                    other: Else,
                } cost 0 local fires [ExecOpValue, ExecOpElse, ExecOpRaise];
                /// Go on if a predicate holds, else to a label.
                0x50 "test" test = Test {
                    /// Which predicate.
                    kind: Test,
                    /// Its sources.
                    args: Vec<Src>,
                    /// Where to go when it does not hold.
                    other: Label,
                } cost 0 local fires [ExecTestHolds, ExecTestElse];
            }

            /// Making bitstrings and matching them.
            family bits: Bits {
                /// Make a bitstring of segments.
                0x20 "bmake" bmake = Bmake {
                    /// The segments, in order.
                    segments: Vec<Segment>,
                    /// Receives the bitstring.
                    dst: Dst,
                    /// Where to go when a segment fails; without a label it raises.
                    other: Else,
                } cost 1 local fires [ExecBmakeBuild, ExecBmakeElse, ExecBmakeRaise];
                /// Run commands on a match context, up to the first that fails.
                0x21 "bmatch" bmatch = Bmatch {
                    /// The context; `start` writes it.
                    context: Reg,
                    /// Where to go when a command fails; without a label it raises.
                    other: Else,
                    /// The commands, in order.
                    commands: Vec<Command>,
                } cost 1 local fires [ExecBmatchDone, ExecBmatchElse, ExecBmatchRaise];
            }

            /// Raising exceptions and handling them.
            family error: Error {
                /// Install a handler in a slot.
                0x24 "try" try_ = Try {
                    /// The slot; it holds the handler until something else is written there.
                    slot: YSlot,
                    /// Where the handler's code is.
                    handler: Label,
                } cost 0 local fires [ExecTryInstall];
                /// Raise an exception.
                0x25 "raise" raise = Raise {
                    /// Class and shape of the reason.
                    kind: Raise,
                    /// Its sources.
                    args: Vec<Src>,
                } cost 1 local fires [ExecRaiseClass, ExecRaiseReason, ExecRaiseSame, ExecRaiseDynamic, ExecRaiseBadclass];
            }

            /// Processes, and the signals that are not messages.
            family process: Process {
                /// Create a process.
                0x30 "spawn" spawn = Spawn {
                    /// The module of its first function.
                    module: Src,
                    /// That function's name.
                    function: Src,
                    /// The list of its arguments.
                    args: Src,
                    /// A list of options.
                    options: Src,
                    /// Receives the pid, or `{Pid, Ref}` if it is monitored.
                    dst: Dst,
                } cost 1 effect fires [ExecSpawnStart, ExecSpawnBadarg, ExecSpawnLimit];
                /// Link this process with another.
                0x31 "link" link = Link {
                    /// The other one.
                    pid: Src,
                } cost 1 effect fires [
                    ExecLinkRequest, ExecLinkHeld, ExecLinkDead, ExecLinkNoproc, ExecLinkBadarg
                ];
                /// Take a link back.
                0x32 "unlink" unlink = Unlink {
                    /// The other process.
                    pid: Src,
                } cost 1 effect fires [
                    ExecUnlinkRequest, ExecUnlinkNone, ExecUnlinkDead, ExecUnlinkBadarg
                ];
                /// Watch another process end.
                0x33 "monitor" monitor = Monitor {
                    /// `process`, or what else can be watched.
                    kind: Src,
                    /// A pid, a name, or `{Name, Node}`.
                    item: Src,
                    /// A list of options.
                    options: Src,
                    /// Receives the reference.
                    dst: Dst,
                } cost 1 effect fires [
                    ExecMonitorRequest, ExecMonitorSelf, ExecMonitorNoname, ExecMonitorBadarg
                ];
                /// Stop watching.
                0x34 "demonitor" demonitor = Demonitor {
                    /// The reference that `monitor` gave.
                    reference: Src,
                    /// A list of options.
                    options: Src,
                    /// Receives `true`, or with `info` whether it was active.
                    dst: Dst,
                } cost 1 effect fires [ExecDemonitorHeld, ExecDemonitorGone, ExecDemonitorBadarg];
                /// Send an exit signal.
                0x35 "exit" exit = Exit {
                    /// To whom.
                    pid: Src,
                    /// With which reason.
                    reason: Src,
                } cost 1 effect fires [
                    ExecExitOther, ExecExitDead, ExecExitSelf, ExecExitSelfTrap, ExecExitSelfKill, ExecExitBadarg
                ];
                /// Set a flag of this process.
                0x36 "flag" flag = Flag {
                    /// Which flag.
                    name: Src,
                    /// Its new value.
                    value: Src,
                    /// Receives the old value; for `greedy` what was granted.
                    dst: Dst,
                } cost 1 effect fires [ExecFlagSet, ExecFlagGreedy, ExecFlagBadarg];
                /// Give up the rest of the time slice.
                0x37 "yield" yield_ = Yield {} cost 1 effect fires [ExecYieldGive];
            }

            /// Sending messages and receiving them selectively.
            family message: Message {
                /// Send a message; never blocks.
                0x38 "send" send = Send {
                    /// A pid, a name, `{Name, Node}`, a port or an alias.
                    to: Src,
                    /// Any term.
                    message: Src,
                    /// Receives the message.
                    dst: Dst,
                } cost 1 effect fires [
                    ExecSendLive, ExecSendDead, ExecSendSelf, ExecSendAlias, ExecSendNowhere, ExecSendBadarg
                ];
                /// Look at the next message without taking it.
                0x39 "recv" recv = Recv {
                    /// Receives the message.
                    dst: Dst,
                    /// Where to go when all have been looked at.
                    other: Label,
                } cost 1 effect fires [ExecRecvFound, ExecRecvEmpty];
                /// Take the message last looked at.
                0x3a "accept" accept = Accept {} cost 0 local fires [ExecAcceptTake];
                /// Wait for a message or a time-out.
                0x3b "wait" wait = Wait {
                    /// Milliseconds, or `infinity`.
                    timeout: Src,
                    /// Where to go when there is a message not looked at; without a label messages
                    /// are ignored.
                    to: Else,
                } cost 1 effect fires [
                    ExecWaitLook, ExecWaitBlock, ExecWaitPoll, ExecWaitTimeout, ExecWaitBadtime
                ];
                /// A hint where to look for messages; no meaning of its own.
                0x3c "mark" mark = Mark {
                    /// Which hint.
                    kind: Mark,
                    /// Its sources.
                    args: Vec<Src>,
                    /// Receives the place for `reserve`; `_` for the others.
                    dst: Dst,
                } cost 0 local fires [ExecMarkHint];
            }

            /// Functions of the host.
            family native: Native {
                /// Call a native function; its result goes to `x0`.
                0x40 "host" host = Host {
                    /// Module, name and arity of the native.
                    function: RefId,
                } cost 1 effect fires [
                    ExecHostValue, ExecHostRaise, ExecHostTail, ExecHostBlock, ExecHostUndef
                ];
            }
        }
    };
}

/// Whether an instruction can stop, move the heap, or be seen by others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Neither: it only changes the process that runs it, and keeps every X register.
    Local,
    /// The heap may be collected and the process preempted here.
    Safepoint,
    /// A safepoint whose effect others may see, or that depends on what they do.
    Effect,
}

/// What the table says of one operand.
#[derive(Clone, Copy, Debug)]
pub struct OperandInfo {
    /// Its name.
    pub name: &'static str,
    /// The name of its type.
    pub kind: &'static str,
    /// One sentence.
    pub doc: &'static str,
}

/// What the table says of one instruction.
#[derive(Clone, Copy, Debug)]
pub struct InstrInfo {
    /// The first of its opcodes; the ordinal of the kind or target is added.
    pub opcode: u8,
    /// How many opcodes it has.
    pub opcodes: u8,
    /// Its mnemonic.
    pub name: &'static str,
    /// Its family.
    pub family: Family,
    /// One sentence.
    pub doc: &'static str,
    /// Its operands, in order.
    pub operands: &'static [OperandInfo],
    /// Reductions and fuel that it costs.
    pub cost: u32,
    /// Local, safepoint or effect.
    pub class: Class,
    /// The rules that it can fire, those of its kinds aside.
    pub rules: &'static [Rule],
}

impl InstrInfo {
    /// The instruction of that mnemonic.
    pub fn named(name: &str) -> Option<&'static InstrInfo> {
        INSTRUCTIONS.iter().find(|info| info.name == name)
    }
}

/// A part of an opcode byte: how many opcodes an operand type folds into it.
trait Folded {
    const OPCODES: u8 = 1;
    fn ordinal(&self) -> u8 {
        0
    }
    fn kind_view(&self) -> Option<OperandRef<'_>>;
}

macro_rules! folded {
    ($($Kind:ident)*) => {$(
        impl Folded for $Kind {
            const OPCODES: u8 = $Kind::ALL.len() as u8;
            fn ordinal(&self) -> u8 { *self as u8 }
            fn kind_view(&self) -> Option<OperandRef<'_>> { Some(OperandRef::Kind(self.name())) }
        }
        impl Operand for $Kind {
            const KIND: &'static str = "kind";
            fn view(&self) -> OperandRef<'_> { OperandRef::Kind(self.name()) }
        }
    )*};
}
folded! { Op Test Raise MapKind SwitchKind Mark }

macro_rules! unfolded {
    ($($ty:ty)*) => {$(
        impl Folded for $ty {
            fn kind_view(&self) -> Option<OperandRef<'_>> { None }
        }
    )*};
}
unfolded! {
    u32 FrameChange Src Dst Reg YSlot Label Else RefId Arity Vec<Src> Vec<(Src, Dst)>
    Vec<(u32, Src)> Vec<(Src, Src)> Vec<(Case, Label)> Vec<Segment> Vec<Command>
}
impl Folded for Target {
    const OPCODES: u8 = 3;
    fn ordinal(&self) -> u8 {
        match self {
            Target::Fun(_) => 0,
            Target::Value(_) => 1,
            Target::Named(..) => 2,
        }
    }
    fn kind_view(&self) -> Option<OperandRef<'_>> {
        None
    }
}

macro_rules! class {
    (local) => {
        Class::Local
    };
    (safepoint) => {
        Class::Safepoint
    };
    (effect) => {
        Class::Effect
    };
}

macro_rules! define {
    ($(
        $(#[doc = $fdoc:literal])*
        family $fname:ident: $Family:ident {
            $(
                $(#[doc = $doc:literal])*
                $opcode:literal $name:literal $method:ident = $Variant:ident {
                    $($(#[doc = $odoc:literal])* $field:ident: $ty:ty,)*
                } cost $cost:literal $class:ident fires [$($rule:ident),*];
            )*
        }
    )*) => {
        /// One instruction with its operands.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Instr { $($(
            $(#[doc = $doc])*
            $Variant { $($(#[doc = $odoc])* $field: $ty,)* },
        )*)* }

        /// The families, in book order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Family { $( $(#[doc = $fdoc])* $Family, )* }

        impl Family {
            /// Every family, in book order.
            pub const ALL: &'static [Family] = &[$(Family::$Family,)*];

            /// The name of its folder or file in every layer.
            pub const fn name(self) -> &'static str {
                match self { $(Family::$Family => stringify!($fname),)* }
            }

            /// One sentence.
            pub const fn doc(self) -> &'static str {
                match self { $(Family::$Family => concat!($($fdoc),*),)* }
            }
        }

        /// The whole table, in book order.
        pub const INSTRUCTIONS: &[InstrInfo] = &[$($(
            InstrInfo {
                opcode: $opcode,
                opcodes: 1 $( * <$ty as Folded>::OPCODES )*,
                name: $name,
                family: Family::$Family,
                doc: concat!($($doc),*),
                operands: &[$(OperandInfo {
                    name: stringify!($field), kind: <$ty as Operand>::KIND, doc: concat!($($odoc),*),
                },)*],
                cost: $cost,
                class: class!($class),
                rules: &[$(Rule::$rule),*],
            },
        )*)*];

        $(
            $(#[doc = $fdoc])*
            ///
            /// One method per instruction of the family: a machine without one does not compile.
            #[allow(clippy::ptr_arg)]
            pub trait $Family {
                /// What a handler gives back.
                type Out;
                $(
                    $(#[doc = $doc])*
                    fn $method(&mut self, $($field: &$ty),*) -> Self::Out;
                )*
            }
        )*

        impl Instr {
            /// What the table says of this instruction.
            pub fn info(&self) -> &'static InstrInfo {
                const fn find(name: &str) -> &'static InstrInfo {
                    let mut at = 0;
                    while at < INSTRUCTIONS.len() {
                        let (a, b) = (INSTRUCTIONS[at].name.as_bytes(), name.as_bytes());
                        let mut same = a.len() == b.len();
                        let mut i = 0;
                        while same && i < a.len() {
                            same = a[i] == b[i];
                            i += 1;
                        }
                        if same {
                            return &INSTRUCTIONS[at];
                        }
                        at += 1;
                    }
                    panic!("every variant is in the table")
                }
                match self { $($( Instr::$Variant { .. } => const { find($name) }, )*)* }
            }

            /// Its opcode, kind and target folded in.
            #[allow(unused_variables)]
            pub fn opcode(&self) -> u8 {
                match self { $($( Instr::$Variant { $($field),* } => $opcode $( + Folded::ordinal($field) )*, )*)* }
            }

            /// Every operand, in order.
            #[allow(unused_variables, unused_mut, clippy::vec_init_then_push)]
            pub fn operands(&self) -> Vec<OperandRef<'_>> {
                match self { $($( Instr::$Variant { $($field),* } => {
                    let mut all = Vec::new();
                    $( all.push(Folded::kind_view($field).unwrap_or_else(|| Operand::view($field))); )*
                    all
                } )*)* }
            }

            /// Hands the instruction to the method of `machine` that has its name.
            #[inline]
            pub fn visit<M, T>(&self, machine: &mut M) -> T
            where M: $($Family<Out = T> +)*
            {
                match self { $($( Instr::$Variant { $($field),* } => machine.$method($($field),*), )*)* }
            }
        }
    };
}

for_each_instruction!(define);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_most_37_instructions_with_distinct_opcodes() {
        assert!(INSTRUCTIONS.len() <= 37, "{}", INSTRUCTIONS.len());
        let mut taken = [None; 256];
        for info in INSTRUCTIONS {
            for code in info.opcode..=info.opcode + (info.opcodes - 1) {
                let before = taken[usize::from(code)].replace(info.name);
                assert_eq!(before, None, "{code:#x} of {} is taken", info.name);
            }
        }
    }
}
