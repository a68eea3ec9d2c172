//! What can be wrong with a `.beam` file, with a stable code and the place.
//!
//! Owns the codes and how they read. Book: *BEAM to LAM*.

use std::fmt;

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $Code:ident $id:literal,)*) => {
        /// The kind of a [`TranslateError`]; its id never changes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[doc = $doc])* $Code,)* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Code] = &[$(Code::$Code,)*];

            /// Its stable id: `beam.file.magic`.
            pub const fn id(self) -> &'static str {
                match self { $(Code::$Code => $id,)* }
            }
        }
    };
}

codes! {
    /// Not a `.beam` file at all.
    FileMagic "beam.file.magic",
    /// The file ends in the middle of something.
    FileEnd "beam.file.end",
    /// The file is larger than the translator accepts.
    FileLimit "beam.file.limit",
    /// A gzip or zlib stream is damaged.
    StreamData "beam.stream.data",
    /// A compressed stream unpacks to more than is accepted, or than it declares.
    StreamLimit "beam.stream.limit",
    /// A chunk that every module needs is not there.
    ChunkMissing "beam.chunk.missing",
    /// A chunk ends in the middle of something.
    ChunkEnd "beam.chunk.end",
    /// A chunk has a version that is not known.
    ChunkVersion "beam.chunk.version",
    /// A count promises more than the bytes that are left can hold.
    CountExcess "beam.count.excess",
    /// There are more functions, instructions, or cells of literals and strings than the translator accepts.
    CountLimit "beam.count.limit",
    /// An atom's text is not UTF-8, or too long.
    AtomText "beam.atom.text",
    /// An index into the atom table is out of range.
    AtomIndex "beam.atom.index",
    /// An index into the import table is out of range.
    ImportIndex "beam.import.index",
    /// An arity is above 255.
    ArityRange "beam.arity.range",
    /// An index into the literal table is out of range.
    LiteralIndex "beam.literal.index",
    /// An index into the lambda table is out of range.
    LambdaIndex "beam.lambda.index",
    /// An offset into the string table is out of range.
    StringRange "beam.string.range",
    /// An index into the line table or its files is out of range.
    LineIndex "beam.line.index",
    /// A tag of the external term format that no literal has.
    TermTag "beam.term.tag",
    /// A literal is nested too deeply.
    TermDepth "beam.term.depth",
    /// A literal is malformed: a float that is not finite, equal keys in a map, bytes left over.
    TermShape "beam.term.shape",
    /// An opcode that no release has.
    OpcodeUnknown "beam.opcode.unknown",
    /// An opcode that compilers before OTP 24 emitted and that has no translation.
    OpcodeRetired "beam.opcode.retired",
    /// An operand is encoded in a way that no release uses.
    OperandEncoding "beam.operand.encoding",
    /// An operand is of another kind than the instruction takes.
    OperandKind "beam.operand.kind",
    /// A number in the code is out of range.
    OperandRange "beam.operand.range",
    /// A function calls or jumps to a label that is not where it must be.
    LabelUnknown "beam.label.unknown",
    /// A label occurs twice.
    LabelDuplicate "beam.label.duplicate",
    /// Instructions stand where no function is, or in an order that compilers do not emit.
    FunctionShape "beam.function.shape",
    /// An instruction names a built-in function that is no operation of LAM.
    BuiltinUnknown "beam.builtin.unknown",
}

/// Why a `.beam` file was not translated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranslateError {
    /// What kind of trouble it is.
    pub code: Code,
    /// The chunk where it was found; empty for the file as a whole.
    pub chunk: &'static str,
    /// The offset in bytes, from the start of the chunk's data or of the (unpacked) file.
    pub offset: usize,
    /// The function, `name/arity`, when known.
    pub function: Option<Box<str>>,
    /// What was found and what was expected.
    pub detail: Box<str>,
}

impl TranslateError {
    pub(crate) fn new(
        code: Code,
        chunk: &'static str,
        offset: usize,
        detail: impl Into<Box<str>>,
    ) -> TranslateError {
        TranslateError { code, chunk, offset, function: None, detail: detail.into() }
    }
}

impl fmt::Display for TranslateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.detail, self.code.id())?;
        match self.chunk {
            "" => write!(f, ", at byte {}", self.offset)?,
            chunk => write!(f, ", at byte {} of chunk {chunk}", self.offset)?,
        }
        if let Some(function) = &self.function {
            write!(f, ", in function {function}")?;
        }
        write!(f, ")")
    }
}

impl std::error::Error for TranslateError {}

/// The result of reading or translating.
pub(crate) type Result<T> = std::result::Result<T, TranslateError>;
