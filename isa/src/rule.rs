//! The rule ids: every normative sentence of the book has one.
//!
//! Owns the list and its spelling: `ExecSendDead` here and in TLA+ is `exec.send.dead` in prose,
//! cases and traces. Ids are append-only; a retired one stays in `spec/rules.lock` as a tombstone.
//! Knows nothing of what a rule says: that is the book's.

use crate::kind::{Op, SegmentKind, Test};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// How a rule shows itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// A machine fires it while running.
    Fired,
    /// Input that breaks it is rejected with its id.
    Rejected,
    /// It defines values, orders or schedules that other rules speak of.
    Defined,
}

macro_rules! rules {
    ($($sort:ident { $($Rule:ident)* })*) => {
        /// A rule of the machine.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)]
        pub enum Rule {
            /// The meaning of one operation: `exec.op.add`.
            ExecOp(Op),
            /// The meaning of one predicate: `exec.test.is_nil`.
            ExecTest(Test),
            /// The meaning of one segment of `bmake`: `exec.bmake.integer`.
            ExecBmake(SegmentKind),
            $($($Rule,)*)*
        }

        impl Rule {
            const NAMED: &'static [(Rule, &'static str, Sort)] =
                &[$($((Rule::$Rule, stringify!($Rule), Sort::$sort),)*)*];
        }
    };
}

rules! {
    Fired {
        // data
        ExecMoveParallel ExecConsBuild ExecUnconsSplit ExecUnconsBadarg ExecTupleBuild
        ExecGetElement ExecGetBadarg ExecUpdateCopy ExecUpdateBadarg ExecFunClose
        ExecMapAssoc ExecMapExact ExecMapBadmap ExecMapBadkey
        ExecPickFound ExecPickMissing ExecPickBadarg
        // control
        ExecJumpGo ExecSwitchMatch ExecSwitchOther
        ExecCallEnter ExecCallNative ExecCallUndef ExecCallBadfun ExecCallBadarity ExecCallBadarg
        ExecTailEnter ExecTailNative ExecRetCaller ExecRetEnd
        ExecFramePush ExecFrameDrop ExecNeedCredit ExecClauseRaise
        // compute
        ExecOpValue ExecOpElse ExecOpRaise ExecTestHolds ExecTestElse
        // bits
        ExecBmakeBuild ExecBmakeElse ExecBmakeRaise
        ExecBmatchDone ExecBmatchElse ExecBmatchRaise
        ExecBmatchStart ExecBmatchAtLeast ExecBmatchExactly ExecBmatchInteger ExecBmatchFloat
        ExecBmatchBinary ExecBmatchUtf ExecBmatchSkip ExecBmatchBits ExecBmatchTail ExecBmatchPos
        ExecBmatchSetpos
        // error
        ExecTryInstall ExecRaiseClass ExecRaiseReason ExecRaiseSame ExecRaiseDynamic
        ExecRaiseBadclass ExecUnwindHandler ExecUnwindFrame ExecUnwindEnd
        // process
        ExecSpawnStart ExecSpawnBadarg ExecSpawnLimit
        ExecLinkRequest ExecLinkHeld ExecLinkDead ExecLinkNoproc ExecLinkBadarg
        ExecUnlinkRequest ExecUnlinkNone ExecUnlinkDead ExecUnlinkBadarg
        ExecMonitorRequest ExecMonitorSelf ExecMonitorNoname ExecMonitorBadarg
        ExecDemonitorHeld ExecDemonitorGone ExecDemonitorBadarg
        ExecExitOther ExecExitDead ExecExitSelf ExecExitSelfTrap ExecExitSelfKill ExecExitBadarg
        ExecFlagSet ExecFlagGreedy ExecFlagBadarg ExecYieldGive
        // message
        ExecSendLive ExecSendDead ExecSendSelf ExecSendAlias ExecSendNowhere ExecSendBadarg
        ExecRecvFound ExecRecvEmpty ExecAcceptTake
        ExecWaitLook ExecWaitBlock ExecWaitPoll ExecWaitTimeout ExecWaitBadtime ExecMarkHint
        // native
        ExecHostValue ExecHostRaise ExecHostTail ExecHostBlock ExecHostUndef
        ExecNameRegister ExecNameUnregister ExecNameWhereis ExecNameBadarg
        ExecAliasMake ExecAliasDrop
        ExecDictionaryPut ExecDictionaryErase ExecDictionaryRead
        ExecLeaderRead ExecLeaderRequest
        ExecTimerStart ExecTimerCancel ExecTimerRead ExecClockRead
        ExecInfoOwn ExecInfoRequest ExecReferenceMake
        // signals arriving
        SigMessageArrive SigMessageDead SigMessageAlias SigMessageUnaliased
        SigLinkHeld SigLinkPending SigLinkDead
        SigUnlinkDone SigUnlinkDead SigUnlinkedMatch SigUnlinkedStale
        SigMonitorSet SigMonitorDead SigDemonitorDone SigDemonitorDead
        SigDownArrive SigDownGone
        SigExitUnlinked SigExitKilled SigExitTrapped SigExitNormal SigExitEnds SigExitDead
        SigLeaderSet SigLeaderDead SigInfoReply SigInfoDead SigInfoAnswer
        SigTimerMessage SigTimerDead
        // steps
        SchedStepEffect SchedStepLocal SchedStepLong SchedStepEnd SchedDeliverOldest
        SchedTimerFire SchedHostComplete
        // limits
        LimHeapExceeded LimHeapBitstring LimMailboxFull LimProcessCount LimAtomCount LimFuelSpent LimIntegerBits
        // ends
        EndProcessReturn EndProcessError EndProcessExit EndProcessThrow EndProcessTell
        EndMachineQuiet EndMachineHalt
    }
    Rejected {
        // text
        TextLineSyntax TextNameUnknown TextKindUnknown TextOperandKind TextOperandMissing
        TextOperandExtra TextLabelUnknown TextLabelDuplicate TextFunctionUnknown
        TextFunctionDuplicate TextFunctionOutside TextModuleMissing TextModuleDuplicate
        TextDirectiveUnknown TextDirectiveArguments TextIntegerRange TextFloatRange TextAtomLength
        TextStringEscape TextLiteralRegister TextLiteralDepth TextLiteralSegment TextLiteralKey
        TextFileEncoding
        // binary
        BinFileMagic BinFileVersion BinFileEnd BinFileTrailing BinSectionUnknown
        BinSectionOrder BinSectionLength BinSectionEmpty BinNumberRange BinCountExcess
        BinTextEncoding BinTextOrder BinOpcodeUnknown BinOperandTag BinLiteralTag
        BinLiteralDepth BinLiteralShape
        // verification
        ValIndexAtom ValIndexLiteral ValIndexReference ValIndexLabel ValIndexFunction ValIndexLine
        ValModuleDuplicate ValModuleAtom ValModuleLambda ValModuleLiteral
        ValFunctionEmpty ValFunctionEnd ValFunctionParams ValFunctionLines
        ValRegisterRange ValRegisterUndefined
        ValSlotRange ValSlotKind ValSlotConflict
        ValOperandDistinct ValOperandInteger ValOperandCount ValOperandConstant ValOperandUnit
        ValOperandSize ValOperandLittle
        ValFramePush ValFrameDrop ValFrameSize ValFrameJoin
        ValCreditShort ValNeedLive ValNeedWords
        ValCallArguments ValCallArity ValFunLocal ValHostExternal
        ValTryConflict ValTailHandler ValTraceOperand ValTraceArgument ValContextOperand
        ValContextArgument
        ValAcceptHeld ValLoopSafepoint ValClauseFrame ValClauseArguments ValSwitchCases
    }
    Defined {
        // terms
        TermIntegerExact TermFloatFinite TermFloatZero TermAtomText TermBitstringBits TermTupleSize
        TermListImproper TermMapKeys TermFunIdentity TermPidPath TermReferenceUnique
        TermOrderTypes TermOrderNumbers TermOrderAtoms TermOrderTuples TermOrderLists TermOrderMaps
        TermOrderKeys TermOrderBitstrings TermOrderFuns TermOrderIdentities
        TermEqualValue TermEqualExact TermPrintCanonical TermPrintFloat
        // state and code
        ExecStateProcess ExecStateRegisters ExecStateFrames ExecStateMailbox
        ExecCodeLate ExecCodeAdd ExecCodeUndef
        ExecTraceFrames ExecTraceDepth ExecTraceArguments ExecTraceNative
        // signals
        SigOrderPair SigOrderNone SigSelfOnce SigSenderDead SigAliasPlace
        // scheduling
        SchedChoiceOrder SchedChoiceForced SchedChoiceLabels SchedReceiveEnd SchedClockStep
        SchedTimeFree SchedTimeVirtual SchedFairBound SchedBudgetQuantum SchedBudgetGreedy
        SchedBudgetInfinite SchedPriorityIgnored SchedPolicyRobin SchedPolicySeeded
        SchedPolicyScripted SchedMarkErased SchedCostTable SchedSafepointLoop
        // host
        ExecHostClass ExecHostCapability ExecHostLink
        // observation
        EndOutcomePorts EndOutcomeProcesses EndOutcomeReferences EndOutcomeStatus
        EndRunRoot EndRunDeadlock EndRunUncaught
    }
}

impl Rule {
    /// Every rule, in book order within its area.
    pub fn all() -> Vec<Rule> {
        let kinds = Op::ALL.iter().map(|op| Rule::ExecOp(*op));
        let tests = Test::ALL.iter().map(|test| Rule::ExecTest(*test));
        let segments = SegmentKind::ALL.iter().map(|kind| Rule::ExecBmake(*kind));
        let named = Rule::NAMED.iter().map(|(rule, ..)| *rule);
        named.chain(kinds).chain(tests).chain(segments).collect()
    }

    /// How it shows itself.
    pub fn sort(self) -> Sort {
        Rule::NAMED
            .iter()
            .find(|(rule, ..)| *rule == self)
            .map_or(Sort::Fired, |(_, _, sort)| *sort)
    }

    /// Its id: `exec.send.dead`.
    pub fn id(self) -> String {
        use core::fmt::Write;
        let mut id = String::new();
        // Writing to a `String` cannot fail.
        let _ = write!(id, "{self}");
        id
    }

    /// The rule of that id.
    pub fn named(id: &str) -> Option<Rule> {
        Rule::all().into_iter().find(|rule| rule.id() == id)
    }

    /// How TLA+ and Rust spell it: `ExecSendDead`.
    pub fn camel(self) -> String {
        let mut camel = String::new();
        let mut upper = true;
        for c in self.id().chars() {
            match c {
                '.' | '_' => upper = true,
                c if upper => {
                    camel.extend(c.to_uppercase());
                    upper = false;
                }
                c => camel.push(c),
            }
        }
        camel
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rule::ExecOp(op) => write!(f, "exec.op.{}", op.name()),
            Rule::ExecTest(test) => write!(f, "exec.test.{}", test.name()),
            Rule::ExecBmake(kind) => write!(f, "exec.bmake.{}", kind.name()),
            named => {
                let found = Rule::NAMED.iter().find(|(rule, ..)| rule == named);
                let (_, camel, _) = found.expect("every other rule is in NAMED");
                write_id(f, camel)
            }
        }
    }
}

/// Writes `ExecSendDead` as `exec.send.dead`: two dots, then underscores.
fn write_id(f: &mut fmt::Formatter<'_>, camel: &str) -> fmt::Result {
    let mut words = 0;
    for c in camel.chars() {
        if c.is_ascii_uppercase() {
            match words {
                0 => {}
                1 | 2 => f.write_str(".")?,
                _ => f.write_str("_")?,
            }
            words += 1;
        }
        write!(f, "{}", c.to_ascii_lowercase())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn ids_are_distinct_and_have_three_parts() {
        let all = Rule::all();
        let ids: BTreeSet<String> = all.iter().map(|rule| rule.id()).collect();
        assert_eq!(ids.len(), all.len());
        for id in &ids {
            assert_eq!(id.split('.').count(), 3, "{id}");
        }
    }

    #[test]
    fn ids_and_camel_case_are_one_spelling() {
        assert_eq!(Rule::ExecSendDead.id(), "exec.send.dead");
        assert_eq!(Rule::ExecSendDead.camel(), "ExecSendDead");
        assert_eq!(Rule::ExecBmatchAtLeast.id(), "exec.bmatch.at_least");
        assert_eq!(Rule::ExecOp(Op::IsFunctionArity).id(), "exec.op.is_function_arity");
        for rule in Rule::all() {
            assert_eq!(Rule::named(&rule.id()), Some(rule));
        }
    }
}
